import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ok } from "./rig.ts";
import { eventIds, recordsOf, stream, streamMappings } from "./stream-rig.ts";

const { map } = streamMappings();

describe("a stream's mapping", () => {
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
        for (const { dynamodb } of recordsOf(event)) {
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
});
