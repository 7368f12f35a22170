import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEventBus, type RuleConfig, s3ObjectCreated } from "../local/aws/events.ts";
import { createAuthorizer } from "../local/aws/iam.ts";
import { sqsEndpoint } from "../local/aws/sqs/endpoint.ts";
import { openQueues } from "../local/aws/sqs/queues.ts";
import type { Message, QueueConfig, Queues } from "../local/aws/sqs/types.ts";
import type { Identity, PolicyDocument } from "../local/aws/types.ts";
import { type AsyncFailure, createAsyncInvoker } from "../local/lambda/async-invoke.ts";
import type { Outcome } from "../local/lambda/types.ts";

const account = "000000000000";
const arn = `arn:aws:sqs:eu-west-1:${account}:intake`;
const deadArn = `${arn}-dead`;
const intake: QueueConfig = {
  name: "intake",
  arn,
  url: "http://127.0.0.1:4000/aws/sqs/intake",
  redrive: { deadLetterTargetArn: deadArn, maxReceiveCount: 2 },
};
const dead: QueueConfig = { name: "intake-dead", arn: deadArn, url: "http://127.0.0.1:4000/aws/sqs/intake-dead" };

let dir: string;
let time: number;
const opened: Queues[] = [];
const open = (configs: readonly QueueConfig[] = [intake, dead]) => {
  const queues = openQueues(configs, { dir, now: () => time });
  opened.push(queues);
  return queues;
};
const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "queues-"));
  time = Date.now();
});
afterEach(async () => {
  for (const queues of opened.splice(0)) queues.close();
  await rm(dir, { recursive: true, force: true });
});

describe("a queue", () => {
  it("hides what was received until its time is over, and counts the receives", () => {
    const queues = open();
    queues.send(arn, "a");
    const [first] = queues.receive(arn, 10);
    expect(first).toMatchObject({ body: "a", receiveCount: 1, sentAt: time });
    expect(queues.receive(arn, 10)).toEqual([]);
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    expect(queues.nextVisibleAt(arn)).toBe(time + 30_000);
    time += 30_000;
    const [second] = queues.receive(arn, 10);
    expect(second).toMatchObject({
      messageId: first!.messageId,
      receiveCount: 2,
      firstReceivedAt: first!.firstReceivedAt,
    });
    expect(second!.receiptHandle).not.toBe(first!.receiptHandle);
    expect(queues.remove(arn, first!.receiptHandle)).toBe(false);
    expect(queues.remove(arn, second!.receiptHandle)).toBe(true);
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("shows a message again at once, or later, when told so", () => {
    const queues = open();
    queues.send(arn, "a");
    const [first] = queues.receive(arn, 1);
    expect(queues.hide(arn, first!.receiptHandle, 0)).toBe(true);
    const [second] = queues.receive(arn, 1);
    expect(second!.receiveCount).toBe(2);
    queues.hide(arn, second!.receiptHandle, 100);
    time += 99_000;
    expect(queues.receive(arn, 1)).toEqual([]);
    expect(queues.hide(arn, "unknown", 1)).toBe(false);
  });

  it("moves a message whole to the dead-letter queue after its receives", () => {
    const queues = open();
    const attributes = { a: { DataType: "String", StringValue: "1" } };
    const { messageId } = queues.send(arn, "poison", attributes);
    const arrivals: string[] = [];
    queues.onArrival(deadArn, () => arrivals.push("dead"));
    for (let receive = 0; receive < 2; receive += 1) {
      expect(bodies(queues.receive(arn, 1))).toEqual(["poison"]);
      time += 30_000;
    }
    expect(queues.receive(arn, 1)).toEqual([]);
    expect(arrivals).toEqual(["dead"]);
    expect(queues.receive(deadArn, 1)).toMatchObject([{ messageId, body: "poison", attributes }]);
  });

  it("forgets messages when their retention is over", () => {
    const queues = open([{ ...dead, retentionSeconds: 60 }]);
    queues.send(deadArn, "a");
    time += 61_000;
    expect(queues.receive(deadArn, 1)).toEqual([]);
    expect(queues.counts(deadArn).visible).toBe(0);
  });

  it("delays messages when told so", () => {
    const queues = open();
    queues.send(arn, "a", {}, { delaySeconds: 5 });
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    expect(queues.receive(arn, 1)).toEqual([]);
    time += 5000;
    expect(bodies(queues.receive(arn, 1))).toEqual(["a"]);
  });

  it("brings back what was in flight when the host died, and does not count that receive", () => {
    const queues = open();
    queues.send(arn, "a");
    queues.receive(arn, 1, 43_200);
    for (let death = 0; death < 5; death += 1)
      expect(open().receive(arn, 1)).toMatchObject([{ body: "a", receiveCount: 1 }]);
  });

  it("has every message that was acknowledged, after a kill at any moment", async () => {
    const script = fileURLToPath(new URL("fixtures/sender-that-dies.ts", import.meta.url));
    const sender = spawn(process.execPath, [script, dir, arn], { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged: string[] = [];
    createInterface(sender.stdout).on("line", (line) => {
      acknowledged.push(line);
      if (acknowledged.length === 300) sender.kill("SIGKILL");
    });
    await once(sender, "close");
    time = Date.now();
    const queues = open();
    const kept = new Set<string>();
    for (let batch = queues.receive(arn, 100); batch.length > 0; batch = queues.receive(arn, 100))
      for (const { body } of batch) kept.add(body);
    expect([...kept]).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  });

  it.each([
    ["a queue the host does not have", () => open([{ ...intake, name: "a.fifo" }, dead]), "QUEUE_CONFIG"],
    ["a dead-letter queue that is not there", () => open([intake]), "QUEUE_CONFIG"],
    ["an empty body", () => open().send(arn, ""), "InvalidParameterValue"],
    ["characters SQS does not take", () => open().send(arn, "\u0000"), "InvalidMessageContents"],
    ["more than a megabyte", () => open().send(arn, "x".repeat(1024 * 1024 + 1)), "InvalidParameterValue"],
    ["another queue's name", () => open().send(`${arn}-other`, "a"), "QueueDoesNotExist"],
  ])("refuses %s", (_, act, code) => expect(act).toThrow(expect.objectContaining({ code })));
});

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

describe("the event bus", () => {
  const ruleArn = `arn:aws:events:eu-west-1:${account}:rule/objects`;
  const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:ingest`;
  const object = {
    bucket: "incoming",
    key: "a b/ü.jpg",
    size: 5,
    etag: "b1946ac92492d2347c6235b4d2611184",
    sequencer: "0064D3901D00059242",
    reason: "PutObject",
    time: "2026-11-23T10:00:00.123Z",
  } as const;
  const place = { region: "eu-west-1", account };
  const letsIn = (source: string): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: ["sqs:SendMessage", "lambda:InvokeFunction"],
      Resource: [arn, functionArn],
      Condition: { ArnEquals: { "aws:SourceArn": source } },
    },
  });
  const rule: RuleConfig = {
    name: "objects",
    arn: ruleArn,
    eventPattern: '{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["incoming"]}}}',
    targets: [{ arn }],
  };

  function bus(rules: readonly RuleConfig[], policy: PolicyDocument | undefined = letsIn(ruleArn)) {
    const sent: unknown[] = [];
    const warnings: string[] = [];
    const { put } = createEventBus({
      rules,
      authorize: createAuthorizer(),
      policyOf: () => policy,
      send: (queueArn, body) => sent.push([queueArn, JSON.parse(body)]),
      invokeAsync: (target, event) => sent.push([target, event]),
      warn: (message) => warnings.push(message),
    });
    return { put, sent, warnings };
  }

  it("tells of a new object as S3 does", () => {
    expect(s3ObjectCreated({ ...object, versionId: "v1" }, place)).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Object Created",
      source: "aws.s3",
      account,
      time: "2026-11-23T10:00:00Z",
      region: "eu-west-1",
      resources: ["arn:aws:s3:::incoming"],
      detail: {
        version: "0",
        bucket: { name: "incoming" },
        object: { key: "a b/ü.jpg", size: 5, etag: object.etag, "version-id": "v1", sequencer: object.sequencer },
        "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
        requester: account,
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    });
    expect(s3ObjectCreated(object, place)).not.toHaveProperty("detail.object.version-id");
  });

  it("brings an event to the targets of the rules that it matches", () => {
    const other = { ...rule, eventPattern: { source: ["aws.ec2"] } };
    const off = { ...rule, enabled: false };
    const toFunction = { ...rule, targets: [{ arn: functionArn }] };
    const { put, sent, warnings } = bus([rule, other, off, toFunction, { ...rule, eventPattern: undefined }]);
    const event = s3ObjectCreated(object, place);
    put(event);
    expect(sent).toEqual([
      [arn, event],
      [functionArn, event],
    ]);
    put(s3ObjectCreated({ ...object, bucket: "working" }, place));
    expect(sent).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["no policy", { Statement: [] }],
    ["a policy for another rule", letsIn(`${ruleArn}-other`)],
  ])("reaches no target with %s, and says what is missing", (_, policy) => {
    const { put, sent, warnings } = bus([rule, { ...rule, targets: [{ arn: functionArn }] }], policy);
    put(s3ObjectCreated(object, place));
    expect(sent).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/objects.*sqs:SendMessage.*intake/),
      expect.stringContaining("lambda:InvokeFunction"),
    ]);
  });

  it("refuses a rule whose pattern is none", () => {
    expect(() => bus([{ ...rule, eventPattern: '{"source":"aws.s3"}' }])).toThrow("PATTERN_INVALID");
  });

  describe("a function that is invoked asynchronously", () => {
    const failing: Outcome = { ok: false, requestId: "r", errorType: "Error", errorMessage: "broken" };
    const failures = "arn:aws:s3:::failures";

    function asynchronous(invoke: (event: unknown) => Promise<Outcome>, take = async () => {}) {
      const queues = openQueues([], { dir });
      opened.push(queues);
      const kept: [string, AsyncFailure][] = [];
      const invoker = createAsyncInvoker(
        { functionArn, timeoutSeconds: 5, destinationConfig: { onFailure: { destination: failures } } },
        {
          queues,
          invoke,
          deadLetter: async (destination, record) => {
            kept.push([destination, record]);
            await take();
          },
          warn: () => {},
          retryDelay: () => 1,
        },
      );
      return { invoker, kept };
    }

    it("is tried again twice, then the event lies at its destination", async () => {
      let tries = 0;
      const {
        invoker: { send, idle, close },
        kept,
      } = asynchronous(async () => {
        tries += 1;
        return failing;
      });
      send({ a: 1 });
      await idle();
      await close();
      expect(tries).toBe(3);
      expect(kept).toEqual([
        [
          failures,
          {
            version: "1.0",
            timestamp: expect.any(String),
            requestContext: {
              requestId: expect.any(String),
              functionArn: `${functionArn}:$LATEST`,
              condition: "RetriesExhausted",
              approximateInvokeCount: 3,
            },
            requestPayload: { a: 1 },
            responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
            responsePayload: { errorType: "Error", errorMessage: "broken" },
          },
        ],
      ]);
    });

    it("is given up only once its destination has the event", async () => {
      let refusals = 2;
      const { invoker, kept } = asynchronous(
        async () => failing,
        async () => {
          refusals -= 1;
          if (refusals >= 0) throw new Error("not authorized to perform: s3:PutObject");
        },
      );
      invoker.send({ a: 1 });
      await invoker.idle();
      await invoker.close();
      expect(kept).toHaveLength(3);
    });

    it("gets the event after all when the host died meanwhile", async () => {
      const first = asynchronous(() => new Promise(() => {}));
      first.invoker.send({ a: 1 });
      const seen: unknown[] = [];
      const second = asynchronous(async (event) => {
        seen.push(event);
        return { ok: true, requestId: "r", result: null };
      });
      await second.invoker.idle();
      await second.invoker.close();
      expect(seen).toEqual([{ a: 1 }]);
    });
  });
});
