import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { openQueues } from "../../local/aws/sqs/queues.ts";
import type { Queues } from "../../local/aws/sqs/types.ts";
import {
  createQueueMapping,
  type QueueMappingConfig,
  type QueueMappingDeps,
} from "../../local/lambda/queue-mapping.ts";
import type { Invoke } from "../../local/lambda/types.ts";
import { testFolder } from "../fixtures/test-folder.ts";
import { broken, ok, roleWithout } from "./rig.ts";

const folder = testFolder("mappings");

describe("a queue's mapping", () => {
  const arn = "arn:aws:sqs:eu-west-1:000000000000:intake";
  const deadArn = `${arn}-dead`;
  let queues: Queues;
  beforeEach(() => {
    queues = openQueues(
      [
        {
          name: "intake",
          arn,
          url: "x/intake",
          visibilityTimeoutSeconds: 30,
          redrive: { deadLetterTargetArn: deadArn, maxReceiveCount: 3 },
        },
        { name: "intake-dead", arn: deadArn, url: "x/intake-dead" },
      ],
      { dir: folder.path },
    );
    folder.closeAfterwards(() => queues.close());
  });

  interface SqsRecord {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }
  const recordsOf = (event: unknown) => (event as { Records: SqsRecord[] }).Records;

  function map(invoke: Invoke, config: Partial<QueueMappingConfig> = {}, deps: Partial<QueueMappingDeps> = {}) {
    const mapping = createQueueMapping(
      {
        id: "ingest-on-object",
        eventSourceArn: arn,
        functionTimeoutSeconds: 5,
        region: "eu-west-1",
        functionResponseTypes: ["ReportBatchItemFailures"],
        ...config,
      },
      { queues, invoke, role: roleWithout(), warn: () => {}, retryDelay: () => 1, ...deps },
    );
    folder.closeAfterwards(mapping.close);
    return mapping;
  }

  it("delivers messages as Lambda does", async () => {
    const events: unknown[] = [];
    queues.send(arn, '{"a":1}', {
      n: { DataType: "Number", StringValue: "7" },
      b: { DataType: "Binary", BinaryValue: "AP8=" },
    });
    const mapping = map(async (event) => {
      events.push(event);
      return ok();
    });
    await mapping.idle();
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: '{"a":1}',
            attributes: {
              ApproximateReceiveCount: "1",
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              n: { stringValue: "7", stringListValues: [], binaryListValues: [], dataType: "Number" },
              b: { binaryValue: "AP8=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
            },
            md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
            md5OfBody: "bb6cb5c68df4652941caf652a366f2d8",
            eventSource: "aws:sqs",
            eventSourceARN: arn,
            awsRegion: "eu-west-1",
          },
        ],
      },
    ]);
  });

  it("deletes what succeeded; the rest comes back and after its receives lies in the dead-letter queue", async () => {
    const bodies = ["a", "poison", "b", "c"];
    for (const body of bodies) queues.send(arn, body);
    const seen: string[] = [];
    const mapping = map(async (event) => {
      seen.push(...recordsOf(event).map(({ body, attributes }) => `${body}${attributes["ApproximateReceiveCount"]}`));
      const failed = recordsOf(event).filter(({ body }) => body === "poison");
      return ok({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });
    });
    await mapping.idle();
    expect(seen.sort()).toEqual(["a1", "b1", "c1", "poison1", "poison2", "poison3"]);
    expect(queues.receive(deadArn, 10).map(({ body }) => body)).toEqual(["poison"]);
  });

  it.each([
    ["an error", broken],
    ["a name that is no message's", ok({ batchItemFailures: [{ itemIdentifier: "x" }] })],
  ] as const)("brings the whole batch back after %s", async (_, outcome) => {
    for (const body of ["a", "b"]) queues.send(arn, body);
    const seen: string[] = [];
    const mapping = map(async (event) => {
      const records = recordsOf(event).map(({ body, attributes }) => `${body}${attributes["ApproximateReceiveCount"]}`);
      seen.push(...records);
      return records.some((record) => record.endsWith("1")) ? outcome : ok();
    });
    await mapping.idle();
    expect(seen.sort()).toEqual(["a1", "a2", "b1", "b2"]);
    expect(queues.counts(deadArn).visible).toBe(0);
  });

  it("keeps its messages while it waits for the function, however long", async () => {
    queues.add({ name: "short", arn: `${arn}-short`, url: "x/short", visibilityTimeoutSeconds: 1 });
    queues.send(`${arn}-short`, "a");
    let invocations = 0;
    const mapping = map(
      async () => {
        invocations += 1;
        await sleep(2500);
        return ok();
      },
      { eventSourceArn: `${arn}-short`, functionTimeoutSeconds: 1 },
    );
    await mapping.idle();
    expect(invocations).toBe(1);
  });

  it("deletes what its filter refuses", async () => {
    for (const body of ['{"kind":"a"}', '{"kind":"b"}', "no json"]) queues.send(arn, body);
    const seen: string[] = [];
    const mapping = map(
      async (event) => {
        seen.push(...recordsOf(event).map(({ body }) => body));
        return ok();
      },
      { filterCriteria: { filters: [{ pattern: '{"body":{"kind":["b"]}}' }] } },
    );
    await mapping.idle();
    expect(seen).toEqual(['{"kind":"b"}']);
  });

  it("runs no more batches at once than it may", async () => {
    for (let count = 0; count < 12; count += 1) queues.send(arn, String(count));
    let [running, most] = [0, 0];
    const mapping = map(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(10);
        running -= 1;
        return ok();
      },
      { batchSize: 1, scalingConfig: { maximumConcurrency: 2 } },
      { workers: 5 },
    );
    await mapping.idle();
    expect(most).toBe(2);
  });

  it("is refused when the queue hides messages for less than the function may take", () => {
    expect(() => map(async () => ok(), { functionTimeoutSeconds: 31 })).toThrow("MAPPING_DENIED");
  });

  it("is refused when the role may not read the queue", () => {
    const role = roleWithout("sqs:ReceiveMessage");
    expect(() => map(async () => ok(), {}, { role })).toThrow("sqs:ReceiveMessage");
  });
});
