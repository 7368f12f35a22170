import { describe, expect, it } from "vitest";
import { answerPoints, invocationPoints, mappingPoint, queuePoints } from "../../local/metrics/host-points.ts";
import type { Point } from "../../local/metrics/types.ts";

const now = 1_700_000_000_000;
const values = (points: readonly Point[]) => Object.fromEntries(points.map(({ name, value }) => [name, value]));

describe("what AWS measures by itself", () => {
  const call = { event: {}, ok: true, ms: 12.5, concurrent: 2 };

  it("is of each call how it ended, how long it took and how many ran", () => {
    const counts = { Invocations: 1, Throttles: 0, Duration: 12.5, ConcurrentExecutions: 2 };
    expect(values(invocationPoints({ name: "resize" }, call, now))).toEqual({ ...counts, Errors: 0 });
    expect(values(invocationPoints({ name: "resize" }, { ...call, ok: false }, now))).toEqual({ ...counts, Errors: 1 });
  });

  it("is of a stream's batch how old its last record was", () => {
    const record = (secondsAgo: number) => ({ dynamodb: { ApproximateCreationDateTime: now / 1000 - secondsAgo } });
    const age = (event: unknown) => values(invocationPoints({ name: "x" }, { ...call, event }, now))["IteratorAge"];
    expect(age({ Records: [record(9), record(4)] })).toBe(4000);
    expect(age({ Records: [record(-1)] })).toBe(0);
    for (const other of [{ Records: [{ body: "" }] }, { Records: [] }, { Records: "odd" }, null, "text"])
      expect(age(other)).toBeUndefined();
  });

  it("is of a queue what waits and since when; an empty one has no age", () => {
    const counts = () => ({ visible: 3, inFlight: 2, delayed: 1 });
    const of = (oldest: number | undefined) =>
      values(queuePoints([{ name: "intake", arn: "arn" }], { counts, oldestSentAt: () => oldest }, now));
    expect(of(now - 5000)).toEqual({
      ApproximateNumberOfMessagesVisible: 3,
      ApproximateNumberOfMessagesNotVisible: 2,
      ApproximateNumberOfMessagesDelayed: 1,
      ApproximateAgeOfOldestMessage: 5,
    });
    expect(of(undefined)["ApproximateAgeOfOldestMessage"]).toBe(0);
  });

  it.each([
    [200, { "4xx": 0, "5xx": 0 }],
    [404, { "4xx": 1, "5xx": 0 }],
    [503, { "4xx": 0, "5xx": 1 }],
  ])("is of an API's answer %i whose fault it was", (status, faults) => {
    expect(values(answerPoints("id", { status, ms: 3 }, now))).toEqual({ Count: 1, Latency: 3, ...faults });
  });

  it("is of a mapping what it failed with and gave up", () => {
    const names = (["failed", "given up"] as const).map((what) => mappingPoint("uuid", what, 4, now));
    expect(names.map(({ name, value }) => [name, value])).toEqual([
      ["FailedInvokeEventCount", 4],
      ["OnFailureDestinationDeliveredEventCount", 4],
    ]);
  });
});
