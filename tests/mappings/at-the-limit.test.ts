import { describe, expect, it } from "vitest";
import { besideStream, lanesOf, throttleOf } from "../../components/pace.ts";
import { createThrottle } from "../../local/aws/http-api/throttle.ts";
import { openQueues } from "../../local/aws/sqs/queues.ts";
import { createQueueMapping } from "../../local/lambda/queue-mapping.ts";
import type { Invoke } from "../../local/lambda/types.ts";
import { testFolder } from "../fixtures/test-folder.ts";
import { functionRig } from "../lambda/rig.ts";
import { ok, roleWithout } from "./rig.ts";
import { eventIds, stream, streamMappings } from "./stream-rig.ts";

const { start } = functionRig();
const { map } = streamMappings();
const folder = testFolder("limit");

/** A function of real processes that is limited to so many at once, and what it was given. */
function limited(reservedConcurrency: number, idsOf: (event: unknown) => readonly string[]) {
  const fn = start({ reservedConcurrency }, { instances: 2 * reservedConcurrency });
  const [taken, processes] = [[] as string[], new Set<number>()];
  const invoke: Invoke = async (event) => {
    const outcome = await fn.invoke({ do: "sleep", ms: 20 });
    if (!outcome.ok) return outcome;
    processes.add((outcome.result as { pid: number }).pid);
    taken.push(...idsOf(event));
    return ok();
  };
  return { invoke, taken, processes };
}

const ids = Array.from({ length: 24 }, (_, item) => `item-${item}`);

describe("a function at its limit", () => {
  it("leaves a queue's messages where they are: each is handed over once, and none comes near the dead letters", async () => {
    const [arn, deadArn] = ["arn:aws:sqs:eu-west-1:000000000000:intake", "arn:aws:sqs:eu-west-1:000000000000:dead"];
    const redrive = { deadLetterTargetArn: deadArn, maxReceiveCount: 6 };
    const queues = openQueues(
      [
        { name: "intake", arn, url: "x/intake", redrive },
        { name: "dead", arn: deadArn, url: "x/dead" },
      ],
      { dir: folder.path },
    );
    folder.closeAfterwards(() => queues.close());
    for (const id of ids) queues.send(arn, id);
    const receives: string[] = [];
    const { invoke, taken, processes } = limited(2, (event) => {
      const { Records } = event as { Records: { body: string; attributes: { ApproximateReceiveCount: string } }[] };
      receives.push(...Records.map(({ attributes }) => attributes.ApproximateReceiveCount));
      return Records.map(({ body }) => body);
    });
    const mapping = createQueueMapping(
      {
        id: "intake",
        eventSourceArn: arn,
        functionTimeoutSeconds: 5,
        region: "eu-west-1",
        batchSize: 1,
        // What the queue is left of a function that a stream wakes as well.
        scalingConfig: { maximumConcurrency: besideStream(6)! },
      },
      { queues, invoke, role: roleWithout(), warn: () => {}, workers: 10 },
    );
    folder.closeAfterwards(mapping.close);
    // The others wait in the queue itself, not in a throttled function's hands.
    expect(queues.counts(arn)).toMatchObject({ visible: ids.length - 2, inFlight: 2 });
    await mapping.idle();
    expect(taken.sort()).toEqual([...ids].sort());
    expect(new Set(receives)).toEqual(new Set(["1"]));
    expect(processes.size).toBeLessThanOrEqual(2);
    expect(queues.counts(deadArn)).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it("has a stream's lanes wait: all changes arrive, each once and none put aside", async () => {
    const log = stream();
    log.write(...ids);
    const { invoke, taken, processes } = limited(2, eventIds);
    // Ten shards' lanes ask for what two may do, as of a table that has grown.
    const { mapping, dead } = await map(log, invoke, { parallelizationFactor: 10 * lanesOf(4), batchSize: 1 });
    await mapping.idle();
    expect(taken.sort()).toEqual([...ids].sort());
    expect(dead).toEqual([]);
    expect(processes.size).toBeLessThanOrEqual(2);
  });

  it("has the HTTP API ask callers to come again: whoever does is let in within seconds", () => {
    let now = 0;
    const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = throttleOf(5);
    const mayPass = createThrottle({ rate, burst, now: () => now });
    let waiting = 100;
    const passed = [];
    while (waiting > 0) {
      const admitted = Array.from({ length: waiting }, mayPass).filter(Boolean).length;
      passed.push(admitted);
      waiting -= admitted;
      now += 200;
    }
    // At first twice what the function answers at once, then what it can keep up with.
    expect(passed[0]).toBe(10);
    expect(Math.max(...passed.slice(1))).toBe(5);
    expect(now).toBeLessThan(5000);
  });
});
