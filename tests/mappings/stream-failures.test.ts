import { describe, expect, it } from "vitest";
import type { StreamRecord } from "../../local/aws/dynamodb/types.ts";
import type { Outcome } from "../../local/lambda/types.ts";
import { broken, ok } from "./rig.ts";
import {
  bucket,
  type Dead,
  deadIds,
  eventIds,
  functionArn,
  idsOf,
  recordsOf,
  reporting,
  stream,
  streamArn,
  streamMappings,
} from "./stream-rig.ts";

const { map } = streamMappings();

describe("a stream's mapping", () => {
  /** How a function that did everything before the bad record may say that it failed. */
  const ways: Readonly<Record<string, (bad: StreamRecord) => Outcome>> = {
    throws: () => broken,
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
        return bad < 0 ? ok() : ways[way]!(recordsOf(event)[bad]!);
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
    const { mapping, dead, warnings } = await map(log, async () => broken);
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
      async (event) => reporting(recordsOf(event)[eventIds(event).indexOf("poison")]!),
      { bisectBatchOnFunctionError: false },
    );
    await mapping.idle();
    expect(deadIds(dead)).toEqual(["poison", "b"]);
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
        return broken;
      },
      { maximumRetryAttempts: -1, maximumRecordAgeInSeconds: 60 },
      { now },
    );
    await mapping.idle();
    expect(tries).toBe(3);
    expect(dead[0]!.record.requestContext).toMatchObject({ condition: "RecordAgeExceeded", approximateInvokeCount: 3 });
    expect(deadIds(dead)).toEqual(["old"]);
  });

  it("drops, aloud, what nobody wants to keep", async () => {
    const log = stream();
    log.write("poison", "good");
    const { mapping, warnings } = await map(
      log,
      async (event) => (eventIds(event).includes("poison") ? broken : ok()),
      { destinationConfig: {} },
    );
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
      async () => broken,
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
});
