import type { Row, Widget } from "../dashboard.ts";
import { panelsOf } from "../panels.ts";
import { type Range, ranges } from "../range.ts";
import { alarmList } from "./alarm-list.ts";
import { escaped } from "./html.ts";
import { type Shown, widgetHtml } from "./widget.ts";

/** A dashboard of the graph. */
export interface DashboardPage {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface PageShown extends Shown {
  readonly range: Range;
  /** Of this page's addresses. */
  readonly prefix: string;
  readonly now: number;
}

/** The whole page, drawn here: it reads without JavaScript, which only keeps it fresh. */
export function metricsPage(what: readonly DashboardPage[] | "all", shown: PageShown): string {
  const { range, prefix, alarms, now } = shown;
  const at = (path: string, to: Range) => `${prefix}${path}?range=${to}`;
  const here = what === "all" ? "/all" : "";
  const link = (href: string, text: string, current: boolean) =>
    `<a href="${href}"${current ? ' aria-current="page"' : ""}>${text}</a>`;
  const ringing = alarms.filter(({ state }) => state === "ALARM").length;
  const showsAlarms = what !== "all" && what.some(({ rows }) => rows.flat().some(({ kind }) => kind === "alarms"));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Metrics · Darkroom</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${prefix}/tokens.css" />
    <link rel="stylesheet" href="${prefix}/base.css" />
    <link rel="stylesheet" href="${prefix}/metrics.css" />
    <link rel="stylesheet" href="${prefix}/charts.css" />
    <script type="module" src="${prefix}/metrics.js"></script>
  </head>
  <body>
    <header class="top">
      <h1 class="wordmark"><img src="/favicon.svg" alt="" width="28" height="28" />Metrics</h1>
      <p><a href="/">Back to the page</a></p>
    </header>
    <div class="choices">
      <nav aria-label="What is shown">${link(at("", range), "Dashboard", here === "")}${link(at("/all", range), "All metrics", here === "/all")}</nav>
      <nav aria-label="How far back">${Object.entries(ranges)
        .map(([name, { label }]) => link(at(here, name as Range), label, name === range))
        .join("")}</nav>
      <p class="fresh"><span id="at">As of ${new Date(now).toTimeString().slice(0, 8)}</span> <button id="pause" class="small" hidden>Pause</button></p>
    </div>
    <main>
      ${ringing > 0 ? `<p class="ringing" id="ringing">${ringing === 1 ? "An alarm rings." : `${ringing} alarms ring.`}</p>` : ""}
      ${what === "all" ? allOf(shown) : what.map((dashboard, index) => dashboardOf(dashboard, index, shown)).join("")}
      ${alarms.length > 0 && !showsAlarms ? `<section class="widget" id="alarms" aria-labelledby="alarms-title"><h2 id="alarms-title">Alarms</h2>${alarmList(alarms)}</section>` : ""}
    </main>
  </body>
</html>
`;
}

const dashboardOf = ({ name, rows }: DashboardPage, index: number, shown: Shown): string =>
  `<h2 class="visually-hidden">${escaped(name)}</h2>${rows.map((row, at) => rowOf(row, `d${index}r${at}`, shown)).join("")}`;

const rowOf = (widgets: readonly Widget[], id: string, shown: Shown): string =>
  `<div class="row">${widgets.map((widget, index) => widgetHtml(widget, `${id}w${index}`, shown)).join("")}</div>`;

function allOf(shown: Shown): string {
  const groups = panelsOf(shown.readings.metrics());
  if (groups.length === 0) return '<p class="none">Nothing was measured yet. Send a picture, and look again.</p>';
  return groups
    .map(({ title, widgets }, index) => `<h2>${escaped(title)}</h2>${rowOf(widgets, `g${index}`, shown)}`)
    .join("");
}
