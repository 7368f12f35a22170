import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../local/lambda/types.ts";
import { ok } from "./rig.ts";
import { eventIds, recordsOf, reporting, stream, streamMappings, taking } from "./stream-rig.ts";

const { map, checkpoint, abandon } = streamMappings();

describe("a stream's mapping", () => {
  it("starts at the end when told so, and only the first time", async () => {
    const log = stream();
    log.write("before");
    const { batches, invoke } = taking();
    const first = await map(log, invoke, { startingPosition: "LATEST" });
    log.write("while");
    await first.mapping.idle();
    await first.mapping.close();
    log.write("off");
    const second = await map(log, invoke, { startingPosition: "LATEST" });
    await second.mapping.idle();
    expect(batches.flat()).toEqual(["while", "off"]);
  });

  it("keeps its place in a file that is whole at any moment", async () => {
    const log = stream();
    const { mapping } = await map(log, async () => ok(), { batchSize: 1 });
    log.write(...Array.from({ length: 20 }, (_, item) => `item-${item}`));
    await mapping.idle();
    expect(JSON.parse(await readFile(checkpoint(), "utf8"))).toEqual({ lanes: [log.latest] });
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
    abandon();
    await expect.poll(() => seen.length).toBe(4);
    // Killed here: nothing is closed, and what was in flight never answers.
    log.write("f");
    const { batches, invoke } = taking();
    const { mapping } = await map(log, invoke);
    await mapping.idle();
    expect(batches.flat()).toEqual(["c", "d", "e", "f"]);
    expect(mapping.position()).toBe(log.latest);
  });

  it("goes on at the first record that failed, not behind it", async () => {
    const log = stream();
    log.write("a", "b", "c", "d");
    let tries = 0;
    await map(log, async (event) => {
      tries += 1;
      return tries === 1 ? reporting(recordsOf(event)[2]!) : new Promise<Outcome>(() => {});
    });
    abandon();
    await expect.poll(() => tries).toBe(2);
    const { batches, invoke } = taking();
    const { mapping } = await map(log, invoke);
    await mapping.idle();
    expect(batches.flat()).toEqual(["c", "d"]);
  });

  it("loses nothing when the number of lanes changes between two starts", async () => {
    const log = stream();
    log.write("a", "b", "c");
    const first = await map(log, async () => ok(), { parallelizationFactor: 2 });
    await first.mapping.idle();
    await first.mapping.close();
    log.write("d", "e");
    const { batches, invoke } = taking();
    const { mapping } = await map(log, invoke, { parallelizationFactor: 5 });
    await mapping.idle();
    expect(batches.flat()).toEqual(expect.arrayContaining(["d", "e"]));
  });
});
