import { describe, expect, it } from "vitest";
import { type MetricsWidget, readDashboard, type Widget } from "../../local/metrics/dashboard.ts";
import { compute } from "../../local/metrics/formula.ts";
import { markdown } from "../../local/metrics/page/markdown.ts";
import { inPeriods, spanOf } from "../../local/metrics/range.ts";
import { seriesOf } from "../../local/metrics/series.ts";
import { createStore } from "../../local/metrics/store.ts";

const noon = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;

const widgetOf = (properties: object, type = "metric"): Widget =>
  readDashboard(JSON.stringify({ widgets: [{ type, x: 0, y: 0, width: 12, properties }] }))[0]![0]!;
const metricsOf = (properties: object) => widgetOf(properties) as MetricsWidget;

describe("a dashboard's body", () => {
  it("is rows from the top, each from the left", () => {
    const at = (x: number, y: number, markdown: string) => ({ type: "text", x, y, width: 6, properties: { markdown } });
    const rows = readDashboard(
      JSON.stringify({ widgets: [at(6, 2, "d"), at(0, 0, "a"), at(0, 2, "c"), at(9, 0, "b")] }),
    );
    expect(rows.map((row) => row.map((widget) => widget.kind === "text" && widget.markdown))).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it("repeats what stands above for dots, and takes each line's own statistic", () => {
    const { lines } = metricsOf({
      stat: "Sum",
      metrics: [
        ["AWS/Lambda", "Errors", "FunctionName", "resize", { label: "resize" }],
        ["...", "publish"],
        [".", "Duration", ".", ".", { stat: "p95", id: "d", visible: false }],
        [{ expression: "d * 2", label: "twice" }],
      ],
    });
    const lambda = (name: string, FunctionName: string, statistic: string) => ({
      namespace: "AWS/Lambda",
      name,
      dimensions: { FunctionName },
      statistic,
    });
    expect(lines.map(({ source }) => source)).toEqual([
      lambda("Errors", "resize", "Sum"),
      lambda("Errors", "publish", "Sum"),
      lambda("Duration", "publish", "p95"),
      { formula: "d * 2" },
    ]);
    expect(lines.map(({ label, id, visible }) => [label, id, visible])).toEqual([
      ["resize", undefined, true],
      [undefined, undefined, true],
      [undefined, "d", false],
      ["twice", undefined, true],
    ]);
  });

  it.each([
    [{ view: "timeSeries" }, "lines"],
    [{ view: "timeSeries", stacked: true }, "stack"],
    [{ view: "singleValue" }, "numbers"],
    [{ view: "bar" }, "bars"],
    [{ view: "table" }, "table"],
    [{}, "lines"],
  ])("draws %j as %s", (properties, view) => {
    expect(metricsOf({ metrics: [], ...properties }).view).toBe(view);
  });

  it("says in its place what it does not draw", () => {
    expect(widgetOf({ query: "fields @message" }, "log")).toMatchObject({
      kind: "other",
      why: expect.stringContaining("log"),
    });
    expect(widgetOf({ metrics: [["A", "b"]], stat: "tm99" })).toMatchObject({ kind: "other" });
  });
});

describe("what a widget shows", () => {
  const store = createStore({ now: () => noon, warn: () => {} });
  const rejected = (Reason: string, value: number, at = noon) =>
    store.add({ namespace: "Darkroom", name: "Rejected", dimensions: { Environment: "dev", Reason }, value, at });
  rejected("NUDITY", 3);
  rejected("EMPTY", 1, noon - 2 * minute);
  store.add({ namespace: "Darkroom", name: "Rejected", dimensions: { Environment: "dev" }, value: 4, at: noon });
  store.add({ namespace: "Darkroom", name: "In", dimensions: { Environment: "dev" }, value: 8, at: noon });
  const span = { from: noon - 2 * minute, to: noon + minute, periodMs: minute };
  const shown = (metrics: unknown[]) => seriesOf(metricsOf({ stat: "Sum", metrics }), store, span);
  const own = (name: string, more: object) => ["Darkroom", name, "Environment", "dev", more];
  const prop = (dimension: string) => `\${PROP('Dim.${dimension}')}`;
  const search = (label?: string) => [
    {
      expression: `SEARCH('{Darkroom,Environment,Reason} MetricName="Rejected" Environment="dev"', 'Sum', 300)`,
      label,
    },
  ];

  it("is exactly the metric that is named", () => {
    expect(shown([own("Rejected", { label: "All" })])).toEqual([{ label: "All", values: [undefined, undefined, 4] }]);
  });

  it("is every metric that a search finds, labelled by what tells them apart", () => {
    const values = { EMPTY: [1, undefined, undefined], NUDITY: [undefined, undefined, 3] };
    const labels = (label?: string) =>
      Object.fromEntries(shown([search(label)]).map(({ label, values }) => [label, values]));
    expect(labels()).toEqual(values);
    expect(labels(prop("Reason"))).toEqual(values);
    expect(Object.keys(labels(`${prop("Environment")}, ${prop("Reason")}`))).toEqual(["dev, EMPTY", "dev, NUDITY"]);
    expect(Object.keys(labels("why"))).toEqual(["why EMPTY", "why NUDITY"]);
  });

  it("computes over lines that stand anywhere in the widget", () => {
    const rate = [{ expression: "100 * r / i", label: "per cent" }];
    const metrics = [rate, own("Rejected", { id: "r", visible: false }), own("In", { id: "i", visible: false })];
    expect(shown(metrics)).toEqual([{ label: "per cent", values: [undefined, undefined, 50] }]);
  });

  it("begins its periods on the clock", () => {
    const at = Date.UTC(2026, 10, 23, 12, 17, 30);
    const hour = 60 * minute;
    expect(inPeriods(spanOf("1h", at), hour)).toEqual({ from: noon - hour, to: noon + hour, periodMs: hour });
    expect(inPeriods(spanOf("1h", at), minute)).toEqual(spanOf("1h", at));
  });
});

describe("metric math", () => {
  const lines = new Map<string, (number | undefined)[]>([
    ["a", [1, undefined, 3]],
    ["b", [10, 20, 0]],
  ]);
  const of = (formula: string) =>
    compute(formula, {
      lines,
      periods: 3,
      search: (text, by) => [{ label: `${text} by ${by}`, values: [7, 7, 7] }],
    }).map(({ values }) => values);

  it.each([
    ["a + b * 2", [[21, undefined, 3]]],
    ["(a + b) * 2", [[22, undefined, 6]]],
    ["-a", [[-1, undefined, -3]]],
    ["a / b", [[0.1, undefined, undefined]]],
    ["1e2", [[100, 100, 100]]],
    ["FILL(a, 0) + 1", [[2, 1, 4]]],
    ["FILL(a, REPEAT)", [[1, 1, 3]]],
    ["RUNNING_SUM(b)", [[10, 30, 30]]],
    ["SUM([a, b])", [[11, 20, 3]]],
    ["MAX(METRICS())", [[10, 20, 3]]],
    ["METRICS('a') * 2", [[2, undefined, 6]]],
    [`SUM(SEARCH('{N,D} MetricName="m"', 'Sum', 60))`, [[7, 7, 7]]],
  ])("%s", (formula, values) => {
    expect(of(formula)).toEqual(values);
  });

  it.each(["c", "a +", "(a", "a b", "ANOMALY_DETECTION_BAND(a)", "IF(a > 1, a)", "SUM(3)"])("refuses %s", (formula) => {
    expect(() => of(formula)).toThrow(expect.objectContaining({ code: "FORMULA_UNSUPPORTED" }));
  });
});

describe("a dashboard's text", () => {
  it("is headings below the page's own, paragraphs, lists and links, and never HTML", () => {
    const html = markdown(
      "# Darkroom <b>\nSee [that](https://a.example/?a=1&b=2) and `x`.\n\n- **one**\n- [two](javascript:alert(1))",
    );
    expect(html.split("\n")).toEqual([
      "<h2>Darkroom &#60;b&#62;</h2>",
      '<p>See <a href="https://a.example/?a=1&#38;b=2" rel="noreferrer">that</a> and <code>x</code>.</p>',
      "<ul><li><strong>one</strong></li><li>two (javascript:alert(1))</li></ul>",
    ]);
  });
});
