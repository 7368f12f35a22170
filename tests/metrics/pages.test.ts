import { describe, expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { metricsGraph } from "../fixtures/metrics-graph.ts";
import { metricsRig } from "./rig.ts";

interface Data {
  readonly metrics: readonly {
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly points: readonly { readonly sum: number; readonly p95: number }[];
  }[];
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
}

describe("the metrics page", () => {
  it("counts by the graph's filters what the functions write", async () => {
    const { url, log, write } = await metricsRig();
    log({ message: "published", actor: "publish", ms: 100 });
    log({ message: "published", actor: "publish", ms: 300 });
    log({ message: "rejected", actor: "publish", ms: 50, reason: "NOT_AN_IMAGE" });
    log({ message: "stale", actor: "publish", ms: 1 });
    emfMeasure({ Environment: "dev", Source: "studio" }, write)({ SourceTaken: 7 });
    write("a line of a library, which is no JSON {");
    const { metrics } = (await (await fetch(`${url}/data.json`)).json()) as Data;
    const sums = metrics.map(({ name, dimensions, points }) => [
      name,
      ...Object.values(dimensions),
      points.reduce((sum, point) => sum + point.sum, 0),
    ]);
    expect(sums).toEqual([
      ["Published", 2],
      ["StepMilliseconds", "publish", 450],
      ["Rejected", "NOT_AN_IMAGE", 1],
      ["SourceTaken", "dev", "studio", 7],
    ]);
  });

  it("draws the graph's dashboard, with a table for each chart", async () => {
    const { url, log } = await metricsRig();
    log({ message: "published", actor: "publish", ms: 100 });
    log({ message: "rejected", actor: "publish", ms: 50, reason: "<b>ODD</b>" });
    const html = await (await fetch(url)).text();
    expect(html).toContain("<h2>Pictures</h2>");
    expect(html).toContain("<dt>Published</dt><dd>1</dd>");
    expect(html).toContain("<dt>Rejected</dt><dd>1</dd>");
    expect(html).toContain("&#60;b&#62;ODD&#60;/b&#62;");
    expect(html).not.toContain("<b>ODD");
    expect(html.match(/<svg class="plot"/g)).toHaveLength(2);
    expect(html.match(/<summary>As a table<\/summary>/g)).toHaveLength(2);
    expect(html).toContain("FORMULA_UNSUPPORTED");
  });

  it("shows alarms with their states, and says when one rings", async () => {
    const { url, invoke } = await metricsRig();
    const states = async () =>
      ((await (await fetch(`${url}/data.json`)).json()) as Data).alarms.map(({ state }) => state);
    expect(await states()).toEqual(["OK", "OK"]);
    invoke(false);
    expect(await states()).toEqual(["ALARM", "ALARM"]);
    const html = await (await fetch(url)).text();
    expect(html).toContain("2 alarms ring.");
    expect(html).toContain("docs/runbooks/errors.md");
  });

  it("has a panel for each metric where the graph has no dashboard, and at /all", async () => {
    const bare = await metricsRig(metricsGraph(...metricsGraph().resources.slice(0, 1)));
    expect(await (await fetch(bare.url)).text()).toContain("Nothing was measured yet.");
    bare.invoke(true);
    for (const path of ["", "/all", "/all?range=15d", "?range=nonsense"])
      expect(await (await fetch(bare.url + path)).text()).toContain("Invocations, Sum, count");
  });

  it("loads nothing from elsewhere and nothing inline, and its parts are all there", async () => {
    const { url } = await metricsRig();
    const response = await fetch(url);
    const html = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'.*frame-ancestors 'none'/,
    );
    expect(html).not.toMatch(/<style|<script>| style=| on\w+=/);
    const parts = [...html.matchAll(/(?:src|href)="(\/metrics\/\w+\.\w+)"/g)].map(([, path]) => new URL(path!, url));
    expect(parts).toHaveLength(5);
    for (const part of parts) expect((await fetch(part)).status, part.href).toBe(200);
  });

  it.each(["/page/page.ts", "/..%2fstore.ts", "/nobody"])("has nothing at %s", async (path) => {
    expect((await fetch((await metricsRig()).url + path)).status).toBe(404);
  });

  it("is only to be read", async () => {
    expect((await fetch((await metricsRig()).url, { method: "POST" })).status).toBe(405);
  });

  it("does not start with a filter that it cannot keep", async () => {
    const [fn] = metricsGraph().resources;
    const filter = {
      ...fn!,
      type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
      inputs: { logGroupName: "x", pattern: "ERROR", metricTransformation: { namespace: "A", name: "B", value: "1" } },
    };
    await expect(metricsRig(metricsGraph(filter))).rejects.toThrow(/^FILTER_PATTERN_UNSUPPORTED/);
  });
});
