import { describe, expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { embeddedPoints } from "../../local/metrics/emf.ts";
import { logFilter } from "../../local/metrics/log-filter.ts";

const directive = { Namespace: "Darkroom", Dimensions: [["Environment"]], Metrics: [{ Name: "Spent", Unit: "None" }] };
const line = (more: object, change: object = {}) => ({
  _aws: { Timestamp: 5, CloudWatchMetrics: [{ ...directive, ...change }] },
  Environment: "dev",
  ...more,
});
const darkroom = { namespace: "Darkroom", dimensions: { Environment: "dev" } };

describe("a line of the embedded metric format", () => {
  it("is read as the functions write it", () => {
    let written = "";
    emfMeasure({ Environment: "dev", Source: "studio" }, (text) => {
      written += text;
    })({ SourceTaken: 3, SourceFailingMinutes: 0 });
    const source = { namespace: "Darkroom", dimensions: { Environment: "dev", Source: "studio" } };
    expect(embeddedPoints(JSON.parse(written))).toEqual([
      { ...source, name: "SourceTaken", unit: "Count", value: 3, at: expect.any(Number) },
      { ...source, name: "SourceFailingMinutes", unit: "None", value: 0, at: expect.any(Number) },
    ]);
  });

  it("gives a point for each value of a list, and for each set of dimensions", () => {
    const sets = { Dimensions: [["Environment"], []] };
    const point = { ...darkroom, name: "Spent", unit: "None", at: 5 };
    expect(embeddedPoints(line({ Spent: [1, 2] }, sets))).toEqual([
      { ...point, value: 1 },
      { ...point, value: 2 },
      { ...point, dimensions: {}, value: 1 },
      { ...point, dimensions: {}, value: 2 },
    ]);
  });

  it.each([
    ["a metric whose value is not in it", line({})],
    ["a value that is no number", line({ Spent: "1" })],
    ["a dimension that is not in it", line({ Spent: 1 }, { Dimensions: [["Provider"]] })],
    ["a dimension that is no text", line({ Spent: 1, Environment: 7 })],
    ["no time", { ...line({ Spent: 1 }), _aws: { CloudWatchMetrics: [directive] } }],
    ["another kind of line", { message: "published" }],
    ["something odd", { _aws: { Timestamp: 5, CloudWatchMetrics: [null, "x", { Namespace: "A", Metrics: [1] }] } }],
    ["a list", [1]],
    ["nothing", undefined],
  ])("gives nothing for %s", (_, read) => {
    expect(embeddedPoints(read)).toEqual([]);
  });
});

describe("a metric filter", () => {
  const published = { message: "published", actor: "publish", ms: 412, reason: undefined };
  const filter = (pattern: string, more: object = {}) =>
    logFilter({ id: "it", pattern, metricTransformation: { namespace: "Darkroom", name: "It", value: "1", ...more } });

  it("counts the lines that pass", () => {
    const counts = filter('{ $.message = "published" }', { unit: "Count" });
    expect(counts(published, 7)).toEqual([
      { namespace: "Darkroom", name: "It", dimensions: {}, unit: "Count", value: 1, at: 7 },
    ]);
    expect(counts({ message: "resized" }, 7)).toEqual([]);
    expect(counts(undefined, 7)).toEqual([]);
  });

  it("takes value and dimensions out of the line, and gives nothing where they are missing", () => {
    const took = filter("{ $.ms = * }", { value: "$.ms", dimensions: { Actor: "$.actor", Port: "$.port" } });
    expect(took({ ...published, port: 80 }, 7)).toMatchObject([
      { value: 412, dimensions: { Actor: "publish", Port: "80" } },
    ]);
    expect(took(published, 7)).toEqual([]);
    expect(filter("{ $.message = * }", { value: "$.message" })(published, 7)).toEqual([]);
  });

  it("gives its default once in a minute in which lines came and none passed", () => {
    const counts = filter('{ $.message = "published" }', { defaultValue: "0" });
    const values = [
      counts({ message: "resized" }, 60_000),
      counts({ message: "resized" }, 61_000),
      counts(published, 62_000),
      counts({ message: "resized" }, 120_000),
      counts(published, 180_000),
      counts({ message: "resized" }, 181_000),
    ].map((points) => points.map(({ value }) => value));
    expect(values).toEqual([[0], [], [1], [0], [1], []]);
  });

  it.each([
    ["a value that is no number", { value: "one" }],
    ["a value that is no selector", { value: "$ms" }],
    ["a dimension that is no selector", { dimensions: { Reason: "reason" } }],
    ["four dimensions", { dimensions: { A: "$.a", B: "$.b", C: "$.c", D: "$.d" } }],
    ["dimensions and a default", { dimensions: { A: "$.a" }, defaultValue: "0" }],
  ])("is refused with %s, as CloudWatch would", (_, more) => {
    expect(() => filter("{ $.a = 1 }", more)).toThrow(/^METRIC_FILTER_INVALID/);
  });
});
