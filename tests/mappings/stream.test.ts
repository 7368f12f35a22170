import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createFunction } from "../../local/lambda/function.ts";
import { config, fixture } from "../lambda/rig.ts";
import { ok, roleWithout } from "./rig.ts";
import { deadIds, functionArn, stream, streamMappings, taking } from "./stream-rig.ts";

const { map } = streamMappings();

describe("a stream's mapping", () => {
  it("filters before it makes batches", async () => {
    const log = stream();
    log.write("a", "poison-1", "b", "poison-2", "c", "poison-3");
    const { batches, invoke } = taking();
    const { mapping } = await map(log, invoke, {
      batchSize: 3,
      filterCriteria: { filters: [{ pattern: '{"dynamodb":{"NewImage":{"poison":{"BOOL":[true]}}}}' }] },
    });
    await mapping.idle();
    expect(batches).toEqual([["poison-1", "poison-2", "poison-3"]]);
    expect(await mapping.lag()).toBe(0);
  });

  it("waits for a batch to fill while its window is open", async () => {
    const log = stream();
    const { batches, invoke } = taking();
    const { mapping } = await map(log, invoke, { batchSize: 3, maximumBatchingWindowInSeconds: 30 });
    log.write("a");
    await sleep(30);
    log.write("b", "c");
    await mapping.idle();
    expect(batches).toEqual([["a", "b", "c"]]);
  });

  it.each([
    ["a filter that is no JSON", { filterCriteria: { filters: [{ pattern: "{" }] } }, "PATTERN_INVALID"],
    [
      "a filter that is no pattern",
      { filterCriteria: { filters: [{ pattern: '{"eventName":"INSERT"}' }] } },
      "PATTERN_INVALID",
    ],
  ])("is refused with %s", async (_, change, code) => {
    await expect(map(stream(), async () => ok(), change)).rejects.toThrow(code);
  });

  it.each(["dynamodb:GetRecords", "s3:PutObject"])("is refused when the role may not %s", async (action) => {
    await expect(map(stream(), async () => ok(), {}, { role: roleWithout(action) })).rejects.toMatchObject({
      code: "MAPPING_DENIED",
      message: expect.stringContaining(action),
    });
  });

  it("feeds a real function, which may crash on the way", async () => {
    const fn = createFunction(
      { ...config, name: "batch", arn: functionArn, codeDir: fixture("functions/batch") },
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
