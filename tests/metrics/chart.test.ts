import { describe, expect, it } from "vitest";
import { chart } from "../../local/metrics/page/chart.ts";

const drawn = (values: (number | undefined)[][], stacked = false) =>
  chart(
    values.map((each, index) => ({ label: `l${index}`, values: each })),
    { stacked, thresholds: [], title: 'of "it"' },
  );
const paths = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`class="${kind} c\\d" d="([^"]*)"`, "g"))].map(([, d]) => d);

describe("a chart", () => {
  it("goes from nothing to a round number above the most", () => {
    expect([drawn([[3, 17]]), drawn([[0, 0]]), drawn([[-4, 2]])].map(({ low, high }) => [low, high])).toEqual([
      [0, 20],
      [0, 1],
      [-4, 2],
    ]);
  });

  it("draws no line over a time in which nothing was measured, and a dot for what stands alone", () => {
    const { svg } = drawn([[1, 1, undefined, 1, undefined, 1, 1]]);
    expect(paths(svg, "line")[0]?.match(/M/g)).toHaveLength(2);
    expect(paths(svg, "dot")[0]).toMatch(/^M\S+ \S+h0$/);
  });

  it("stacks lines on each other, and leaves a gap only where none was measured", () => {
    const { svg, high } = drawn(
      [
        [1, undefined, 1],
        [2, undefined, undefined],
      ],
      true,
    );
    expect(high).toBe(5);
    expect(paths(svg, "dot")).toEqual(["M100 128h0M500 128h0", "M100 64h0M500 128h0"]);
  });

  it("says what it shows to those who do not see it", () => {
    expect(drawn([[1]]).svg).toContain('role="img" aria-label="of &#34;it&#34;"');
  });
});
