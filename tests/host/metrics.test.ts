import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { ofType, text } from "../../local/lookup.ts";
import { filtersOn, namespace } from "../fixtures/metrics-graph.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, chaining, darkroom, operatorsAt, scratchDir } from "./harness.ts";

interface Read {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly points: readonly { readonly sum: number; readonly count: number }[];
}

/** Metric filters on every log group, in a namespace of the test's own. */
const withFilters = (graph: Graph): Graph => ({
  ...graph,
  resources: [
    ...graph.resources,
    ...ofType(graph, "aws:cloudwatch/logGroup:LogGroup").flatMap((group) => filtersOn(text(group, "name"))),
  ],
});

describe("what a laptop measures", () => {
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let host: Host;
  let pictures: readonly Picture[];

  const start = () =>
    startHost({
      port: 0,
      dir: join(scratch.dir, "data"),
      stack: "dev",
      alter: withFilters,
      say: () => {},
      log: () => {},
    });
  async function sums(): Promise<Readonly<Record<string, number>>> {
    const { metrics } = (await (await fetch(`${host.url}/metrics/data.json`)).json()) as { metrics: readonly Read[] };
    const total = ({ points }: Read) => points.reduce((sum, point) => sum + point.sum, 0);
    return Object.fromEntries(
      metrics.map((metric) => [[metric.name, ...Object.values(metric.dimensions)].join(" "), total(metric)]),
    );
  }

  beforeAll(async () => {
    scratch = await scratchDir();
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    const photo = (seed: number) => makePhoto({ width: 240, height: 160, seed });
    for (const seed of [1, 2, 3]) await writeFile(join(folder, `${seed}.jpg`), await photo(seed));
    await writeFile(join(folder, "cut.jpg"), (await makePhoto({ width: 600, height: 400, seed: 5 })).subarray(0, 9000));
    await writeFile(join(folder, "empty.jpg"), Buffer.alloc(0));
    host = await start();
    await darkroom("import", folder, "--to", operatorsAt(host.url), "--wait");
    pictures = await allPictures(host.url);
  });
  afterAll(async () => {
    await host?.close();
    await scratch?.remove();
  });

  const byReason = () => {
    const reasons = pictures.flatMap((picture) => (picture.status === "rejected" ? picture.reason.code : []));
    return Object.fromEntries(
      reasons.map((reason) => [`Rejected ${reason}`, reasons.filter((each) => each === reason).length]),
    );
  };

  it("is what the catalog says: as many published, as many refused for each reason", async () => {
    expect(pictures).toHaveLength(5);
    expect(await sums()).toMatchObject({
      Published: pictures.filter(({ status }) => status === "published").length,
      ...byReason(),
    });
    expect(Object.keys(byReason()).sort()).toEqual(["Rejected EMPTY", "Rejected TRUNCATED"]);
  });

  it("takes as long for each step as the records say", async () => {
    const read = await sums();
    for (const actor of ["moderate", "resize", "compress", "publish"] as const) {
      const took = pictures.reduce((sum, { timings }) => sum + (timings[actor]?.ms ?? 0), 0);
      expect(read[`StepMilliseconds ${actor}`], actor).toBe(took);
    }
  });

  it("counts the calls of each function and the messages of each queue, as AWS would", async () => {
    const read = await sums();
    const fn = (actor: string) => `darkroom-dev-${actor}-fn`;
    for (const actor of ["moderate", "resize", "compress"])
      expect(read[`Invocations ${fn(actor)}`], actor).toBe(
        pictures.filter(({ status }) => status === "published").length,
      );
    expect(read[`Errors ${fn("ingest")}`]).toBe(0);
    expect(read[`Duration ${fn("resize")}`]).toBeGreaterThan(0);
    expect(read[`IteratorAge ${fn(chaining === "sns" ? "announce" : "publish")}`]).toBeGreaterThan(0);
    expect(read["NumberOfMessagesSent darkroom-dev-intake-queue"]).toBe(pictures.length);
    expect(read["ApproximateNumberOfMessagesVisible darkroom-dev-intake-dead-letters-queue"]).toBe(0);
  });

  it("is shown to people, and is there after a restart", async () => {
    const html = await (await fetch(`${host.url}/metrics/all`)).text();
    expect(html).toContain(namespace);
    const before = await sums();
    await host.close();
    host = await start();
    const after = await sums();
    expect(after["Published"]).toBe(before["Published"]);
    expect(after[`Invocations darkroom-dev-resize-fn`]).toBe(before[`Invocations darkroom-dev-resize-fn`]);
  });
});
