import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createS3 } from "../../local/aws/s3/s3.ts";
import type { Identity } from "../../local/aws/types.ts";

// A host to be killed: says its port, then each key it announces.
const operator: Identity = {
  accessKeyId: "AKIAOPERATOR00000000",
  secretAccessKey: "operator-secret",
  arn: "arn:aws:iam::111122223333:user/operator",
  policies: [],
};
const s3 = createS3({
  dir: process.argv[2]!,
  buckets: [{ name: "incoming", arn: "arn:aws:s3:::incoming", notifies: true }],
  async onCreated({ key }) {
    await delay(5);
    process.stdout.write(`${key}\n`);
  },
  deps: {
    identityOf: (id) => (id === operator.accessKeyId ? operator : undefined),
    authorize: () => ({ allowed: true }),
  },
});
const server = createServer(s3.endpoint);
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
