import type { Alarm } from "../alarms.ts";
import type { MetricsWidget, Widget } from "../dashboard.ts";
import { FormulaError, type Named } from "../formula.ts";
import { inPeriods } from "../range.ts";
import { seriesOf } from "../series.ts";
import type { Readings, Span } from "../types.ts";
import { alarmList } from "./alarm-list.ts";
import { chart, colors } from "./chart.ts";
import { clock, escaped, short } from "./html.ts";
import { markdown } from "./markdown.ts";
import { table } from "./table.ts";

export interface Shown {
  readonly readings: Readings;
  readonly alarms: readonly Alarm[];
  readonly span: Span;
}

/** A widget as HTML; `id` is its own on the page. */
export function widgetHtml(widget: Widget, id: string, shown: Shown): string {
  const inside = insideOf(widget, shown);
  if (widget.kind === "text") return `<div class="text" data-span="${columns(widget.width)}">${inside}</div>`;
  const title = widget.title === "" ? "" : `<h3 id="${id}-title">${escaped(widget.title)}</h3>`;
  const label = title === "" ? "" : ` aria-labelledby="${id}-title"`;
  return `<section class="widget" id="${id}" data-span="${columns(widget.width)}"${label}>${title}${inside}</section>`;
}

/** Few widths have a rule in the style sheet, as the page allows no inline style. */
const columns = (width: number) => [3, 4, 6, 8, 12, 16, 18].find((wide) => width <= wide) ?? 24;

function insideOf(widget: Widget, shown: Shown): string {
  if (widget.kind === "text") return markdown(widget.markdown);
  if (widget.kind === "other") return `<p class="none">${escaped(widget.why)}</p>`;
  if (widget.kind === "alarms") return alarmList(shown.alarms.filter(({ arn }) => widget.alarms.includes(arn)));
  try {
    return metricsOf(widget, shown);
  } catch (error) {
    if (error instanceof FormulaError) return `<p class="none">${escaped(error.message)}</p>`;
    throw error;
  }
}

function metricsOf(widget: MetricsWidget, { readings, span: shown }: Shown): string {
  const span = inPeriods(shown, widget.periodMs);
  if (widget.view === "numbers" || widget.view === "bars") {
    const series = seriesOf(widget, readings, widget.wholeRange ? wholeOf(shown) : span);
    const values = series.map(({ label, values }) => ({
      label,
      value: values.findLast((value) => value !== undefined),
    }));
    if (values.length === 0) return nothing;
    return widget.view === "numbers" ? numbers(values) : bars(values);
  }
  const series = seriesOf(widget, readings, span);
  if (!series.some(({ values }) => values.some((value) => value !== undefined))) return nothing;
  const rows = table(series, span);
  if (widget.view === "table") return rows;
  const { svg, low, high } = chart(series, {
    stacked: widget.view === "stack",
    thresholds: widget.thresholds,
    title: `${widget.title || "Chart"}: ${series.map(({ label }) => label).join(", ")}`,
  });
  const long = span.to - span.from;
  return `<div class="chart"><span class="high">${short(high)}</span><span class="low">${short(low)}</span>${svg}<span class="from">${clock(span.from, long)}</span><span class="to">${clock(span.to, long)}</span></div>${legend(series)}${limits(widget)}<details><summary>As a table</summary>${rows}</details>`;
}

const nothing = '<p class="none">Nothing was measured in this time.</p>';

const wholeOf = (span: Span): Span => ({ ...span, periodMs: span.to - span.from });

const legend = (series: readonly Named[]): string =>
  `<ul class="legend">${series
    .map(({ label, values }, index) => {
      const last = values.findLast((value) => value !== undefined);
      return `<li><span class="key c${index % colors}"></span>${escaped(label)} <b>${last === undefined ? "–" : short(last)}</b></li>`;
    })
    .join("")}</ul>`;

const limits = ({ thresholds }: MetricsWidget): string =>
  thresholds.map(({ label, value }) => `<p class="none">Dashed: ${escaped(label)} ${short(value)}</p>`).join("");

interface Single {
  readonly label: string;
  readonly value: number | undefined;
}

const numbers = (values: readonly Single[]): string =>
  `<dl class="numbers">${values
    .map(
      ({ label, value }) => `<div><dt>${escaped(label)}</dt><dd>${value === undefined ? "–" : short(value)}</dd></div>`,
    )
    .join("")}</dl>`;

function bars(values: readonly Single[]): string {
  const most = Math.max(...values.map(({ value }) => value ?? 0), Number.MIN_VALUE);
  const rows = values.map(
    ({ label, value = 0 }, index) =>
      `<tr><th scope="row">${escaped(label)}</th><td>${short(value)}</td><td><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="c${index % colors}" width="${Math.round((Math.max(0, value) / most) * 1000) / 10}" height="8"/></svg></td></tr>`,
  );
  return `<table class="bars">${rows.join("")}</table>`;
}
