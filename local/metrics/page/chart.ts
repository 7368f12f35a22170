import type { Named, Values } from "../formula.ts";
import { escaped } from "./html.ts";

export interface ChartOptions {
  /** Areas on top of each other instead of lines. */
  readonly stacked: boolean;
  readonly thresholds: readonly { readonly value: number }[];
  /** What it shows, for those who do not see it. */
  readonly title: string;
}

export interface Chart {
  readonly svg: string;
  /** The values at the bottom and at the top. */
  readonly low: number;
  readonly high: number;
}

/** Lines over time as an SVG that stretches with its box: whatever has letters stands beside it, in HTML. */
export function chart(series: readonly Named[], { stacked, thresholds, title }: ChartOptions): Chart {
  const tops = stacked ? stack(series) : series.map(({ values }) => values);
  const all = [...tops.flat(), ...thresholds.map(({ value }) => value)].filter((value) => value !== undefined);
  const low = Math.min(0, ...all);
  const high = niceAbove(Math.max(0, ...all), low);
  const periods = Math.max(1, ...series.map(({ values }) => values.length));
  const x = (index: number) => round(((index + 0.5) / periods) * width);
  const y = (value: number) => round(height - ((value - low) / (high - low)) * height);
  const grid = [0.25, 0.5, 0.75].map((part) => `<path class="grid" d="M0 ${height * part}H${width}"/>`);
  const drawn = tops.map((values, index) => {
    const color = `c${index % colors}`;
    const path = (run: Run) => `M${run.map(([at, value]) => `${x(at)} ${y(value)}`).join("L")}`;
    const all = runs(values);
    const lines = all.filter((run) => run.length > 1).map(path);
    const dots = all.filter((run) => run.length === 1).map((run) => `${path(run)}h0`);
    const line = `<path class="line ${color}" d="${lines.join("")}"/><path class="dot ${color}" d="${dots.join("")}"/>`;
    if (!stacked) return line;
    const below = tops[index - 1];
    const areas = all.map((run) => {
      const back = run.toReversed().map(([at]) => `${x(at)} ${y(below?.[at] ?? 0)}`);
      return `${path(run)}L${back.join("L")}Z`;
    });
    return `<path class="area ${color}" d="${areas.join("")}"/>${line}`;
  });
  const limits = thresholds.map(({ value }) => `<path class="limit" d="M0 ${y(value)}H${width}"/>`);
  const svg = `<svg class="plot" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${escaped(title)}">${[...grid, ...drawn, ...limits].join("")}</svg>`;
  return { svg, low, high };
}

/** How many colours there are; the ninth line has the first one's again. */
export const colors = 8;

const [width, height] = [600, 160];
const round = (value: number) => Math.round(value * 10) / 10;

/** A stretch without a gap, as index and value. */
type Run = (readonly [number, number])[];

function runs(values: Values): readonly Run[] {
  const all: Run[] = [];
  let last = -2;
  values.forEach((value, index) => {
    if (value === undefined) return;
    if (index !== last + 1) all.push([]);
    last = index;
    all.at(-1)!.push([index, value]);
  });
  return all;
}

/** Each line on top of those before it. One that is not there counts as nothing, unless none is. */
function stack(series: readonly Named[]): Values[] {
  const measured = (index: number) => series.some(({ values }) => values[index] !== undefined);
  let below: Values = [];
  return series.map(({ values }) => {
    below = values.map((value, index) => (measured(index) ? (value ?? 0) + (below[index] ?? 0) : undefined));
    return below;
  });
}

/** A round number to end an axis with. */
function niceAbove(most: number, low: number): number {
  if (most <= low) return low + 1;
  const power = 10 ** Math.floor(Math.log10(most || 1));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}
