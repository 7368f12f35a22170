import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Identity } from "../../local/aws/types.ts";
import { send } from "../contract/s3/rig.ts";
import { type Laptop, laptop, operator } from "../s3-rig.ts";

/** AWS's published example of an upload in signed chunks: its keys, its date, its signatures. */
const user: Identity = {
  ...operator,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const headers = {
  host: "s3.amazonaws.com",
  "x-amz-date": "20130524T000000Z",
  "x-amz-storage-class": "REDUCED_REDUNDANCY",
  "content-encoding": "aws-chunked",
  "content-length": "66824",
  "x-amz-decoded-content-length": "66560",
  "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  authorization:
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
};
const chunk = (size: number, signature: string) =>
  `${size.toString(16)};chunk-signature=${signature}\r\n${"a".repeat(size)}\r\n`;
const body = [
  chunk(65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
  chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
  chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
].join("");

describe("an upload in signed chunks", () => {
  const host = () =>
    laptop({
      mount: "",
      now: () => new Date("2013-05-24T00:00:00Z"),
      buckets: [{ name: "examplebucket", arn: "arn:aws:s3:::examplebucket" }],
      deps: { identityOf: (id) => (id === user.accessKeyId ? user : undefined), authorize: () => ({ allowed: true }) },
    });
  const upload = ({ endpoint }: Laptop, sent: string) =>
    send(`${endpoint}/examplebucket/chunkObject.txt`, { method: "PUT", headers, body: sent });

  it("is taken with the signatures AWS published", async () => {
    const laptops = await host();
    expect((await upload(laptops, body)).status).toBe(200);
    const store = laptops.s3.store("examplebucket")!;
    const stored = await text(store.open(store.get("chunkObject.txt")!));
    expect(createHash("sha256").update(stored).digest("hex")).toBe(
      createHash("sha256").update("a".repeat(66_560)).digest("hex"),
    );
  });

  it.each([
    ["a byte", body.replace("\r\naaa", "\r\naba")],
    ["a chunk's signature", body.replace("=0055", "=0056")],
    ["the last signature", body.replace("=b6c6", "=b6c7")],
  ])("is refused when %s was changed", async (_, changed) => {
    const laptops = await host();
    expect(await upload(laptops, changed)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(laptops.s3.store("examplebucket")?.keys()).toEqual([]);
  });
});
