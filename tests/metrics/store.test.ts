import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Bucket, bucketOf, isStatistic, merged, statistic } from "../../local/metrics/bucket.ts";
import { openKeeping } from "../../local/metrics/keeping.ts";
import { spanOf } from "../../local/metrics/range.ts";
import { createStore } from "../../local/metrics/store.ts";

const noon = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;
const hour = 60 * minute;
const id = { namespace: "Darkroom", name: "Ms", dimensions: { Actor: "resize" } };

function rig(most?: number) {
  const told: string[] = [];
  const time = { now: noon };
  const store = createStore({ now: () => time.now, most, warn: (text) => told.push(text) });
  return { store, time, told };
}
const sums = (buckets: readonly (Bucket | undefined)[]) => buckets.map((bucket) => bucket?.sum);

describe("a bucket", () => {
  const all = merged(Array.from({ length: 1000 }, (_, index) => bucketOf(index + 1)))!;

  it("knows the plain statistics exactly", () => {
    const values = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"].map((name) => statistic(name, all));
    expect(values).toEqual([500_500, 500.5, 1, 1000, 1000]);
  });

  it.each([
    ["p0", 1],
    ["p50", 500],
    ["p90", 900],
    ["p99.9", 999],
    ["p100", 1000],
  ])("knows %s within 2 %%", (name, value) => {
    expect(Math.abs(statistic(name, all) - value) / value).toBeLessThan(0.02);
  });

  it("keeps percentiles over numbers below, at and above zero, and far out", () => {
    const odd = merged([-1000, -5, 0, 0, 1e-9, 3, 1e30].map(bucketOf))!;
    expect(statistic("p1", odd)).toBeCloseTo(-1000, -2);
    expect(statistic("p50", odd)).toBe(0);
    expect(statistic("p10", merged([7, 7].map(bucketOf))!)).toBe(7);
  });

  it("stays small, however much it is given", () => {
    const wide = merged(Array.from({ length: 20_000 }, (_, index) => bucketOf(1.01 ** (index % 5000) * 1e-8)))!;
    expect(wide.bins.size).toBeLessThan(1300);
  });

  it("knows which statistics there are", () => {
    expect(["Sum", "p95", "p99.9", "p101", "tm99", "toString", ""].map(isStatistic)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("the store", () => {
  it("sums up by the minute, and puts minutes together into longer periods", () => {
    const { store } = rig();
    for (const [at, value] of [
      [noon - 3 * minute, 1],
      [noon - 3 * minute + 59_999, 2],
      [noon - minute, 4],
      [noon, 8],
    ] as const)
      store.add({ ...id, value, at });
    const span = { from: noon - 3 * minute, to: noon + minute };
    expect(sums(store.read(id, { ...span, periodMs: minute }))).toEqual([3, undefined, 4, 8]);
    expect(sums(store.read(id, { ...span, periodMs: 2 * minute }))).toEqual([3, 12]);
    expect(sums(store.read({ ...id, dimensions: {} }, { ...span, periodMs: 4 * minute }))).toEqual([undefined]);
  });

  it("does not mind in which order dimensions are named", () => {
    const { store } = rig();
    store.add({ ...id, dimensions: { A: "1", B: "2" }, value: 1 });
    store.add({ ...id, dimensions: { B: "2", A: "1" }, value: 2 });
    expect(store.metrics()).toHaveLength(1);
  });

  it("keeps minutes for three hours and hours for fifteen days", () => {
    const { store, time } = rig();
    store.add({ ...id, value: 1 });
    time.now += 5 * hour;
    store.add({ ...id, value: 2 });
    expect(sums(store.read(id, { from: noon, to: noon + 6 * hour, periodMs: 6 * hour + minute }))).toEqual([2]);
    const day = spanOf("1d", time.now);
    expect(sums(store.read(id, day)).filter((sum) => sum !== undefined)).toEqual([1, 2]);
    time.now += 17 * 24 * hour;
    store.add({ ...id, value: 4 });
    const sum = store.read(id, { from: noon - (noon % hour), to: time.now + hour, periodMs: 20 * 24 * hour });
    expect(sums(sum)).toEqual([4]);
  });

  it("passes over what is too old, too far ahead, or no number", () => {
    const { store } = rig();
    for (const at of [noon - 15 * 24 * hour, noon + 3 * hour]) store.add({ ...id, value: 1, at });
    store.add({ ...id, value: Number.NaN });
    expect(store.metrics()).toEqual([]);
  });

  it("takes so many metrics and no more, and says so once", () => {
    const { store, told } = rig(2);
    for (const name of ["a", "b", "c", "d", "a"]) store.add({ ...id, name, value: 1 });
    expect(store.metrics().map(({ name }) => name)).toEqual(["a", "b"]);
    expect(told).toEqual([expect.stringMatching(/^METRICS_FULL/)]);
  });

  it("is the same after a restart", async () => {
    const dir = await mkdtemp(join(tmpdir(), "darkroom-metrics-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const { store, time } = rig();
    for (const value of [1, 2, 300]) store.add({ ...id, unit: "Milliseconds", value });
    const before = openKeeping(dir);
    before.save(store.changed(), noon);
    store.add({ ...id, value: 4 });
    before.save(store.changed(), noon);
    expect(store.changed()).toEqual([]);
    before.close();

    const again = rig();
    const after = openKeeping(dir);
    for (const kept of after.load()) again.store.restore(kept);
    expect(again.store.metrics()).toEqual(store.metrics());
    for (const range of ["1h", "1d"] as const)
      expect(again.store.read(id, spanOf(range, noon))).toEqual(store.read(id, spanOf(range, noon)));
    after.save([], time.now + 17 * 24 * hour);
    expect(after.load()).toEqual([]);
    after.close();
  });
});
