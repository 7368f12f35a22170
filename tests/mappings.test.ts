import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StreamRecord } from "../local/aws/dynamodb/types.ts";
import { openQueues } from "../local/aws/sqs/queues.ts";
import type { Queues } from "../local/aws/sqs/types.ts";
import type { FailureRecord } from "../local/lambda/failure-record.ts";
import { createFunction } from "../local/lambda/function.ts";
import { createQueueMapping, type QueueMappingConfig, type QueueMappingDeps } from "../local/lambda/queue-mapping.ts";
import { createStreamMapping } from "../local/lambda/stream-mapping.ts";
import type { StreamMappingConfig, StreamMappingDeps } from "../local/lambda/stream-types.ts";
import type { Invoke, Outcome } from "../local/lambda/types.ts";

const identity = {
  arn: "arn:aws:sts::000000000000:assumed-role/fn/fn",
  accessKeyId: "A",
  secretAccessKey: "S",
  policies: [],
};
const anything = { identity, authorize: () => ({ allowed: true }) as const };
const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:resize";

let dir: string;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "mappings-"));
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await rm(dir, { recursive: true, force: true });
});

describe("a stream's mapping", () => {
  const streamArn = "arn:aws:dynamodb:eu-west-1:000000000000:table/pictures/stream/2026-11-23T00:00:00.000";
  const bucket = "arn:aws:s3:::failures";

  /** A stream in memory: `write` appends changes of items, each named by its id. */
  function stream(now: () => number = Date.now) {
    const records: StreamRecord[] = [];
    const listeners = new Set<() => void>();
    return {
      get latest() {
        return records.at(-1)?.dynamodb.SequenceNumber;
      },
      records,
      read: async (after: string | undefined, limit: number) =>
        records.filter(({ dynamodb }) => after === undefined || dynamodb.SequenceNumber > after).slice(0, limit),
      onAppend(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      write(...ids: string[]) {
        for (const id of ids)
          records.push({
            eventID: String(records.length),
            eventName: "INSERT",
            eventVersion: "1.1",
            eventSource: "aws:dynamodb",
            awsRegion: "eu-west-1",
            dynamodb: {
              ApproximateCreationDateTime: Math.floor(now() / 1000),
              Keys: { id: { S: id } },
              NewImage: { id: { S: id }, ...(id.startsWith("poison") && { poison: { BOOL: true } }) },
              SequenceNumber: `1${String(records.length + 1).padStart(20, "0")}`,
              SizeBytes: 10,
              StreamViewType: "NEW_AND_OLD_IMAGES",
            },
            eventSourceARN: streamArn,
          });
        for (const listener of listeners) listener();
      },
    };
  }

  interface Dead {
    readonly destination: string;
    readonly record: FailureRecord;
    readonly key: string;
  }
  const idsOf = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => dynamodb.Keys["id"]!.S!);
  const deadIds = (dead: readonly Dead[]) => dead.flatMap(({ record }) => idsOf(JSON.parse(record.payload!).Records));
  const eventIds = (event: unknown) => idsOf((event as { Records: StreamRecord[] }).Records);

  const ok = (result: unknown = null): Outcome => ({ ok: true, requestId: "r", result });
  const bad: Outcome = { ok: false, requestId: "r", errorType: "Error", errorMessage: "broken" };

  async function map(
    log: StreamMappingDeps["log"],
    invoke: Invoke,
    config: Partial<StreamMappingConfig> = {},
    deps: Partial<StreamMappingDeps> = {},
  ) {
    const dead: Dead[] = [];
    const warnings: string[] = [];
    const mapping = await createStreamMapping(
      {
        id: "resize-on-accepted",
        functionArn,
        eventSourceArn: streamArn,
        batchSize: 10,
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 2,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: bucket } },
        ...config,
      },
      {
        log,
        invoke,
        role: anything,
        checkpoint: path.join(dir, "resize.json"),
        deadLetter: async (destination, record, key) => void dead.push({ destination, record, key }),
        warn: (message) => warnings.push(message),
        backoff: () => 1,
        ...deps,
      },
    );
    closing.push(mapping.close);
    return { mapping, dead, warnings };
  }

  const reporting = ({ dynamodb }: StreamRecord) =>
    ok({ batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] });

  /** How a function that did everything before the bad record may say that it failed. */
  const ways: Readonly<Record<string, (bad: StreamRecord) => Outcome>> = {
    throws: () => bad,
    "reports it": reporting,
    "answers nonsense": () => ok({ batchItemFailures: [{ itemIdentifier: "nobody" }] }),
  };
  const places = Object.keys(ways).flatMap((way) => Array.from({ length: 10 }, (_, at) => [way, at] as const));

  it.each(places)(
    "whose function %s for record %i of ten gives up that one, whole, and delivers the others",
    async (way, at) => {
      const log = stream();
      log.write(...Array.from({ length: 10 }, (_, each) => (each === at ? "poison" : `good-${each}`)));
      const delivered = new Set<string>();
      let invocations = 0;
      const { mapping, dead } = await map(log, async (event) => {
        invocations += 1;
        const ids = eventIds(event);
        const bad = ids.indexOf("poison");
        for (const id of bad < 0 ? ids : ids.slice(0, bad)) delivered.add(id);
        return bad < 0 ? ok() : ways[way]!((event as { Records: StreamRecord[] }).Records[bad]!);
      });
      await mapping.idle();
      expect([...delivered].sort()).toEqual(
        idsOf(log.records)
          .filter((id) => id !== "poison")
          .sort(),
      );
      expect(deadIds(dead)).toEqual(["poison"]);
      expect(JSON.parse(dead[0]!.record.payload!)).toEqual({ Records: [log.records[at]] });
      // Halving ten finds one in at most four steps; that one is tried three times.
      expect(invocations).toBeLessThanOrEqual(12);
      expect(await mapping.lag()).toBe(0);
    },
  );

  it("leaves what it gave up as Lambda does", async () => {
    const log = stream();
    log.write("poison");
    const { mapping, dead, warnings } = await map(log, async () => bad);
    await mapping.idle();
    const [{ destination, key, record }] = dead as [Dead];
    expect(destination).toBe(bucket);
    expect(key).toMatch(
      /^aws\/lambda\/resize-on-accepted\/shardId-\d{20}-\d{8}\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    const arrival = new Date(log.records[0]!.dynamodb.ApproximateCreationDateTime * 1000)
      .toISOString()
      .replace(".000Z", "Z");
    expect(record).toEqual({
      requestContext: { requestId: "r", functionArn, condition: "RetryAttemptsExhausted", approximateInvokeCount: 3 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      DDBStreamBatchInfo: {
        shardId: expect.any(String),
        startSequenceNumber: log.latest,
        endSequenceNumber: log.latest,
        approximateArrivalOfFirstRecord: arrival,
        approximateArrivalOfLastRecord: arrival,
        batchSize: 1,
        streamArn,
      },
      payload: JSON.stringify({ Records: log.records }),
    });
    expect(warnings).toEqual([expect.stringContaining("Error: broken")]);
  });

  it("without bisecting gives up the rest of the batch from the bad record on, as AWS does", async () => {
    const log = stream();
    log.write("a", "poison", "b");
    const { mapping, dead } = await map(
      log,
      async (event) => {
        const { Records } = event as { Records: StreamRecord[] };
        return reporting(Records[eventIds(event).indexOf("poison")]!);
      },
      { bisectBatchOnFunctionError: false },
    );
    await mapping.idle();
    expect(deadIds(dead)).toEqual(["poison", "b"]);
  });

  it("goes on where it was after the host was killed: some again, none lost", async () => {
    const log = stream();
    log.write("a", "b", "c", "d", "e");
    const seen: string[] = [];
    const hanging = new Promise<Outcome>(() => {});
    await map(
      log,
      async (event) => {
        seen.push(...eventIds(event));
        return seen.length < 4 ? ok() : hanging;
      },
      { batchSize: 2 },
    );
    closing.length = 0;
    await expect.poll(() => seen.length).toBe(4);
    // Killed here: nothing is closed, and what was in flight never answers.
    log.write("f");
    const again: string[] = [];
    const { mapping } = await map(log, async (event) => {
      again.push(...eventIds(event));
      return ok();
    });
    await mapping.idle();
    expect(again).toEqual(["c", "d", "e", "f"]);
    expect(mapping.position()).toBe(log.latest);
  });

  it("goes on at the first record that failed, not behind it", async () => {
    const log = stream();
    log.write("a", "b", "c", "d");
    let tries = 0;
    await map(log, async (event) => {
      tries += 1;
      const { Records } = event as { Records: StreamRecord[] };
      return tries === 1 ? reporting(Records[2]!) : new Promise<Outcome>(() => {});
    });
    closing.length = 0;
    await expect.poll(() => tries).toBe(2);
    const again: string[] = [];
    const { mapping } = await map(log, async (event) => {
      again.push(...eventIds(event));
      return ok();
    });
    await mapping.idle();
    expect(again).toEqual(["c", "d"]);
  });

  it("loses nothing when the number of lanes changes between two starts", async () => {
    const log = stream();
    log.write("a", "b", "c");
    const first = await map(log, async () => ok(), { parallelizationFactor: 2 });
    await first.mapping.idle();
    await first.mapping.close();
    log.write("d", "e");
    const again = new Set<string>();
    const { mapping } = await map(
      log,
      async (event) => {
        for (const id of eventIds(event)) again.add(id);
        return ok();
      },
      { parallelizationFactor: 5 },
    );
    await mapping.idle();
    expect([...again]).toEqual(expect.arrayContaining(["d", "e"]));
  });

  it("filters before it makes batches", async () => {
    const log = stream();
    log.write("a", "poison-1", "b", "poison-2", "c", "poison-3");
    const batches: string[][] = [];
    const { mapping } = await map(
      log,
      async (event) => {
        batches.push(eventIds(event));
        return ok();
      },
      {
        batchSize: 3,
        filterCriteria: { filters: [{ pattern: '{"dynamodb":{"NewImage":{"poison":{"BOOL":[true]}}}}' }] },
      },
    );
    await mapping.idle();
    expect(batches).toEqual([["poison-1", "poison-2", "poison-3"]]);
    expect(await mapping.lag()).toBe(0);
  });

  it.each([
    ["a filter that is no JSON", { filterCriteria: { filters: [{ pattern: "{" }] } }, "PATTERN_INVALID"],
    [
      "a filter that is no pattern",
      { filterCriteria: { filters: [{ pattern: '{"eventName":"INSERT"}' }] } },
      "PATTERN_INVALID",
    ],
  ])("is refused with %s", async (_, config, code) => {
    await expect(map(stream(), async () => ok(), config)).rejects.toThrow(code);
  });

  it.each(["dynamodb:GetRecords", "s3:PutObject"])("is refused when the role may not %s", async (action) => {
    const role = {
      identity,
      authorize: (_: unknown, call: { action: string }) =>
        call.action === action
          ? ({ allowed: false, because: `not authorized to perform: ${action}` } as const)
          : ({ allowed: true } as const),
    };
    await expect(map(stream(), async () => ok(), {}, { role })).rejects.toMatchObject({
      code: "MAPPING_DENIED",
      message: expect.stringContaining(action),
    });
  });

  it("gives records up at their age, and does not count the time the host was off", async () => {
    let time = Date.parse("2026-11-23T00:00:00Z");
    const now = () => time;
    const log = stream(now);
    log.write("old");
    time += 24 * 60 * 60 * 1000;
    let tries = 0;
    const { mapping, dead } = await map(
      log,
      async () => {
        tries += 1;
        time += 25_000;
        return bad;
      },
      { maximumRetryAttempts: -1, maximumRecordAgeInSeconds: 60 },
      { now },
    );
    await mapping.idle();
    expect(tries).toBe(3);
    expect(dead[0]!.record.requestContext).toMatchObject({ condition: "RecordAgeExceeded", approximateInvokeCount: 3 });
    expect(deadIds(dead)).toEqual(["old"]);
  });

  it("keeps each item's changes in order while lanes run side by side", async () => {
    const log = stream();
    for (let change = 0; change < 5; change += 1) log.write(...Array.from({ length: 20 }, (_, item) => `item-${item}`));
    const seen = new Map<string, string[]>();
    let [running, most] = [0, 0];
    const { mapping } = await map(
      log,
      async (event) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(Math.random() * 10);
        running -= 1;
        for (const { dynamodb } of (event as { Records: StreamRecord[] }).Records) {
          const id = dynamodb.Keys["id"]!.S!;
          seen.set(id, [...(seen.get(id) ?? []), dynamodb.SequenceNumber]);
        }
        return ok();
      },
      { parallelizationFactor: 4, batchSize: 3 },
    );
    await mapping.idle();
    expect(most).toBe(4);
    expect(seen.size).toBe(20);
    for (const sequences of seen.values()) {
      expect(sequences).toHaveLength(5);
      expect(sequences).toEqual([...sequences].sort());
    }
  });

  it("does not let one lane's trouble hold up the others", async () => {
    const log = stream();
    const ids = Array.from({ length: 30 }, (_, item) => `item-${item}`);
    log.write("stuck", ...ids);
    const seen = new Set<string>();
    const { promise: free, resolve: release } = Promise.withResolvers<void>();
    const { mapping } = await map(
      log,
      async (event) => {
        if (eventIds(event).includes("stuck")) await free;
        for (const id of eventIds(event)) seen.add(id);
        return ok();
      },
      { parallelizationFactor: 4, batchSize: 1 },
    );
    await expect.poll(() => seen.size).toBeGreaterThan(15);
    expect(seen).not.toContain("stuck");
    expect(await mapping.lag()).toBe(31 - seen.size);
    release();
    await mapping.idle();
    expect(seen.size).toBe(31);
  });

  it("waits for a batch to fill while its window is open", async () => {
    const log = stream();
    const batches: string[][] = [];
    const { mapping } = await map(
      log,
      async (event) => {
        batches.push(eventIds(event));
        return ok();
      },
      { batchSize: 3, maximumBatchingWindowInSeconds: 30 },
    );
    log.write("a");
    await sleep(30);
    log.write("b", "c");
    await mapping.idle();
    expect(batches).toEqual([["a", "b", "c"]]);
  });

  it("drops, aloud, what nobody wants to keep", async () => {
    const log = stream();
    log.write("poison", "good");
    const { mapping, warnings } = await map(log, async (event) => (eventIds(event).includes("poison") ? bad : ok()), {
      destinationConfig: {},
    });
    await mapping.idle();
    expect(warnings).toEqual([expect.stringMatching(/1 record\(s\).*no on-failure destination/)]);
  });

  it("holds on to a record until its destination takes it", async () => {
    const log = stream();
    log.write("poison");
    let refusals = 3;
    const kept: string[] = [];
    const { mapping, warnings } = await map(
      log,
      async () => bad,
      {},
      {
        async deadLetter(_, record) {
          refusals -= 1;
          if (refusals > 0) throw new Error("not authorized to perform: s3:PutObject");
          kept.push(record.DDBStreamBatchInfo.startSequenceNumber);
        },
      },
    );
    await mapping.idle();
    expect(kept).toEqual([log.latest]);
    expect(warnings[0]).toContain("s3:PutObject");
  });

  it("starts at the end when told so, and only the first time", async () => {
    const log = stream();
    log.write("before");
    const seen: string[] = [];
    const invoke: Invoke = async (event) => {
      seen.push(...eventIds(event));
      return ok();
    };
    const first = await map(log, invoke, { startingPosition: "LATEST" });
    log.write("while");
    await first.mapping.idle();
    await first.mapping.close();
    log.write("off");
    const second = await map(log, invoke, { startingPosition: "LATEST" });
    await second.mapping.idle();
    expect(seen).toEqual(["while", "off"]);
  });

  it("keeps its place in a file that is whole at any moment", async () => {
    const log = stream();
    const { mapping } = await map(log, async () => ok(), { batchSize: 1 });
    log.write(...Array.from({ length: 20 }, (_, item) => `item-${item}`));
    await mapping.idle();
    expect(JSON.parse(await readFile(path.join(dir, "resize.json"), "utf8"))).toEqual({ lanes: [log.latest] });
  });

  it("feeds a real function, which may crash on the way", async () => {
    const fn = createFunction(
      {
        name: "batch",
        arn: functionArn,
        codeDir: fileURLToPath(new URL("fixtures/functions/batch", import.meta.url)),
        handler: "index.handler",
        runtime: "nodejs24.x",
        memoryMb: 256,
        timeoutSeconds: 20,
        environment: {},
        identity,
        region: "eu-west-1",
      },
      { log: () => {}, endpoints: {}, metadata: { address: "127.0.0.1:1", token: "" } },
    );
    const log = stream();
    log.write("a", "poison", "b", "poison-2", "c");
    const { mapping, dead } = await map(log, fn.invoke);
    await mapping.idle();
    await Promise.all([mapping.close(), fn.close()]);
    expect(deadIds(dead)).toEqual(["poison", "poison-2"]);
  });
});

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
      { dir },
    );
  });
  afterEach(() => queues.close());

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
      { queues, invoke, role: anything, warn: () => {}, retryDelay: () => 1, ...deps },
    );
    closing.push(mapping.close);
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
      return { ok: true, requestId: "r", result: null };
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
      return {
        ok: true,
        requestId: "r",
        result: { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) },
      };
    });
    await mapping.idle();
    expect(seen.sort()).toEqual(["a1", "b1", "c1", "poison1", "poison2", "poison3"]);
    expect(queues.receive(deadArn, 10).map(({ body }) => body)).toEqual(["poison"]);
  });

  it.each([
    ["an error", { ok: false, requestId: "r", errorType: "Error", errorMessage: "broken" }],
    [
      "a name that is no message's",
      { ok: true, requestId: "r", result: { batchItemFailures: [{ itemIdentifier: "x" }] } },
    ],
  ] as const)("brings the whole batch back after %s", async (_, outcome) => {
    for (const body of ["a", "b"]) queues.send(arn, body);
    const seen: string[] = [];
    const mapping = map(async (event) => {
      const records = recordsOf(event).map(({ body, attributes }) => `${body}${attributes["ApproximateReceiveCount"]}`);
      seen.push(...records);
      return records.some((record) => record.endsWith("1")) ? outcome : { ok: true, requestId: "r", result: null };
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
        return { ok: true, requestId: "r", result: null };
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
        return { ok: true, requestId: "r", result: null };
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
        return { ok: true, requestId: "r", result: null };
      },
      { batchSize: 1, scalingConfig: { maximumConcurrency: 2 } },
      { workers: 5 },
    );
    await mapping.idle();
    expect(most).toBe(2);
  });

  it("is refused when the queue hides messages for less than the function may take", () => {
    expect(() => map(async () => ({ ok: true, requestId: "r", result: null }), { functionTimeoutSeconds: 31 })).toThrow(
      "MAPPING_DENIED",
    );
  });

  it("is refused when the role may not read the queue", () => {
    const role = {
      identity,
      authorize: () => ({ allowed: false, because: "not authorized to perform: sqs:ReceiveMessage" }) as const,
    };
    expect(() => map(async () => ({ ok: true, requestId: "r", result: null }), {}, { role })).toThrow(
      "sqs:ReceiveMessage",
    );
  });
});
