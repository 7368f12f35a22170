import { text } from "node:stream/consumers";
import type { Comparison } from "./comparison.ts";

const row = 26;
const left = 430;
const width = 900;

/**
 * Bars of how many times Darkroom's CPU time the others take, as SVG: the whisker is from the first quartile to the
 * third, the tick is the goal. The scale is logarithmic, so that 2 × is the same step anywhere.
 */
export function plotOf(comparisons: readonly Comparison[]): string {
  const shown = comparisons.filter(({ ratio }) => ratio !== null);
  const top = Math.log2(
    Math.max(2, ...shown.map(({ ratio, goal, spread }) => Math.max(ratio!, goal ?? 1, spread?.[1] ?? 1))),
  );
  const bottom = Math.min(0, ...shown.map(({ ratio, spread }) => Math.log2(Math.min(ratio!, spread?.[0] ?? 1))));
  const x = (value: number) => Math.round(left + ((Math.log2(value) - bottom) / (top - bottom)) * (width - left - 60));
  const height = row * (shown.length + 2);
  const marks = [1, 2, 4, 8, 16, 32].filter((mark) => Math.log2(mark) <= top);
  const lines = marks.map(
    (mark) =>
      `<path d="M${x(mark)} ${row}V${height - row}" stroke="#bbb"/><text x="${x(mark)}" y="${height - 8}" text-anchor="middle">${mark} ×</text>`,
  );
  const bars = shown.map(({ name, ratio, goal, held, spread }, at) => {
    const y = row * (at + 1);
    const [from, to] = [Math.min(x(1), x(ratio!)), Math.max(x(1), x(ratio!))];
    const fill = held === false ? "#c2410c" : "#3b76b0";
    return [
      `<text x="${left - 8}" y="${y + 17}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${from}" y="${y + 5}" width="${Math.max(1, to - from)}" height="${row - 10}" fill="${fill}"/>`,
      spread ? `<path d="M${x(spread[0])} ${y + 13}H${x(spread[1])}" stroke="#111"/>` : "",
      goal === null ? "" : `<path d="M${x(goal)} ${y + 2}V${y + row - 2}" stroke="#111" stroke-width="2"/>`,
      `<text x="${to + 8}" y="${y + 17}">${ratio!.toFixed(1)}</text>`,
    ].join("");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><title>CPU time of others as a multiple of Darkroom's</title><rect width="100%" height="100%" fill="#fff"/>${[...lines, ...bars].join("\n")}</svg>\n`;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** `npm run -s bench -- --json | node bench/plot.ts > docs/performance.svg` */
if (import.meta.main) {
  const comparisons = JSON.parse(await text(process.stdin)) as Comparison[];
  process.stdout.write(plotOf(comparisons.filter(({ name }) => name.includes(" / darkroom, "))));
}
