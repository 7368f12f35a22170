import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { sqsEndpoint } from "../../local/aws/sqs/endpoint.ts";
import type { Identity, PolicyDocument } from "../../local/aws/types.ts";
import { account, arn, dead, deadArn, intake, queueRig } from "./rig.ts";

const { open } = queueRig();

describe("the SQS endpoint", () => {
  const allowed: PolicyDocument = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      Resource: arn,
    },
  };
  const caller: Identity = {
    arn: `arn:aws:sts::${account}:assumed-role/fn/fn`,
    accessKeyId: "AKIAFN",
    secretAccessKey: "key",
    policies: [allowed],
  };
  let base: string;
  let stop: () => unknown;
  beforeEach(async () => {
    const endpoint = sqsEndpoint(open(), {
      identityOf: (id) => (id === caller.accessKeyId ? caller : undefined),
      authorize: createAuthorizer(),
    });
    const server = createServer((request, response) => void endpoint(request, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    stop = () => server.close().closeAllConnections();
  });
  afterEach(() => stop());

  async function call(operation: string, input: object, secretAccessKey = caller.secretAccessKey) {
    const body = JSON.stringify(input);
    const signer = new SignatureV4({
      service: "sqs",
      region: "eu-west-1",
      sha256: Sha256,
      credentials: { accessKeyId: caller.accessKeyId, secretAccessKey },
    });
    const { headers } = await signer.sign({
      method: "POST",
      protocol: "http:",
      hostname: base,
      path: "/aws/sqs/",
      headers: { host: base, "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body,
    });
    const response = await fetch(`http://${base}/aws/sqs/`, { method: "POST", headers, body });
    return { status: response.status, body: await response.json() };
  }
  const QueueUrl = intake.url;

  it("sends, receives, hides and deletes", async () => {
    const MessageAttributes = { source: { DataType: "String", StringValue: "upload" } };
    const sent = await call("SendMessage", { QueueUrl, MessageBody: "hello", MessageAttributes });
    expect(sent).toMatchObject({
      status: 200,
      body: { MD5OfMessageBody: createHash("md5").update("hello").digest("hex") },
    });
    const { body: received } = await call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
    expect(received.Messages).toMatchObject([
      {
        MessageId: sent.body.MessageId,
        Body: "hello",
        MessageAttributes,
        Attributes: { ApproximateReceiveCount: "1" },
      },
    ]);
    const [{ ReceiptHandle }] = received.Messages;
    expect((await call("ReceiveMessage", { QueueUrl })).body).toEqual({});
    expect((await call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })).status).toBe(200);
    const again = await call("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 1 });
    const Entries = [{ Id: "1", ReceiptHandle: again.body.Messages[0].ReceiptHandle }];
    expect((await call("DeleteMessageBatch", { QueueUrl, Entries })).body).toEqual({ Successful: [{ Id: "1" }] });
  });

  it("answers a batch entry by entry", async () => {
    const Entries = [
      { Id: "1", MessageBody: "a" },
      { Id: "2", MessageBody: "" },
    ];
    expect((await call("SendMessageBatch", { QueueUrl, Entries })).body).toMatchObject({
      Successful: [{ Id: "1" }],
      Failed: [{ Id: "2", Code: "InvalidParameterValue", SenderFault: true }],
    });
  });

  it.each([
    ["PurgeQueue", { QueueUrl }, "AccessDeniedException", "sqs:PurgeQueue"],
    ["SendMessage", { QueueUrl: dead.url, MessageBody: "a" }, "AccessDeniedException", deadArn],
    ["SendMessage", { QueueUrl: "http://x/none", MessageBody: "a" }, "QueueDoesNotExist", "none"],
    ["SendMessage", { QueueUrl, MessageBody: "" }, "InvalidParameterValue", "MessageBody"],
    ["CreateQueue", { QueueName: "new" }, "UnsupportedOperation", "CreateQueue"],
  ])("refuses %s of %o with %s", async (operation, input, __type, named) => {
    expect(await call(operation, input)).toMatchObject({
      status: 400,
      body: { __type, message: expect.stringContaining(named) },
    });
  });

  it("refuses a wrong key", async () => {
    expect(await call("SendMessage", { QueueUrl, MessageBody: "a" }, "guess")).toMatchObject({
      body: { __type: "InvalidSignatureException" },
    });
  });
});
