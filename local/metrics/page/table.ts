import type { Named } from "../formula.ts";
import type { Span } from "../types.ts";
import { clock, escaped } from "./html.ts";

/** The numbers of a chart, newest first; periods in which nothing was measured are left out. */
export function table(series: readonly Named[], { from, to, periodMs }: Span): string {
  const periods = Array.from({ length: Math.ceil((to - from) / periodMs) }, (_, index) => index)
    .filter((index) => series.some(({ values }) => values[index] !== undefined))
    .reverse();
  const heads = series.map(({ label }) => `<th scope="col">${escaped(label)}</th>`).join("");
  const rows = periods.map((index) => {
    const cells = series.map(({ values }) => `<td>${values[index] === undefined ? "" : exact(values[index])}</td>`);
    return `<tr><th scope="row">${clock(from + index * periodMs, to - from)}</th>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="The numbers"><table><thead><tr><th scope="col">From</th>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

const exact = (value: number) => String(Number(value.toFixed(3)));
