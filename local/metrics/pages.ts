import { readFile } from "node:fs/promises";
import { ownParts, type Page, sendPage } from "../own-page.ts";
import { plain, type Route } from "../router.ts";
import type { Alarms } from "./alarms.ts";
import { statistic } from "./bucket.ts";
import { type DashboardPage, metricsPage } from "./page/page.ts";
import { rangeOf, spanOf } from "./range.ts";
import type { Readings } from "./types.ts";

export interface MetricsPagesDeps {
  readonly store: Readings;
  readonly alarms: Alarms;
  readonly dashboards: readonly DashboardPage[];
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Under `prefix`, the dashboards of the graph; at `<prefix>/all` a panel for each metric, and at
 * `<prefix>/data.json` the same numbers. `?range=` is one of `ranges`.
 */
export function metricsPages(deps: MetricsPagesDeps, prefix: string): Route {
  const { store, alarms, dashboards, now = Date.now } = deps;
  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return plain(response, 405, "Metrics are only to be read.");
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://any");
    const path = pathname.slice(prefix.length).replace(/\/$/, "");
    alarms.evaluate(now());
    const range = rangeOf(searchParams.get("range"));
    const span = spanOf(range, now());
    const page = async (): Promise<Page | undefined> => {
      const all = path === "/all" || dashboards.length === 0;
      const shown = { readings: store, alarms: alarms.list(), span, range, prefix, now: now() };
      if (path === "" || path === "/all")
        return { type: "text/html", policy: ownParts, body: metricsPage(all ? "all" : dashboards, shown) };
      if (path === "/data.json") return { type: "application/json", body: JSON.stringify(dataOf(deps, span)) };
      const [file, type] = files[path] ?? [];
      if (file === undefined || type === undefined) return undefined;
      return { type, body: await readFile(new URL(file, import.meta.url), "utf8") };
    };
    const found = await page();
    if (found === undefined) return plain(response, 404, "There is nothing here.");
    await sendPage(request, response, found);
  };
}

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/metrics.css": ["page/metrics.css", "text/css"],
  "/charts.css": ["page/charts.css", "text/css"],
  "/metrics.js": ["page/metrics.js", "text/javascript"],
  "/tokens.css": ["../../web/styles/tokens.css", "text/css"],
  "/base.css": ["../../web/styles/base.css", "text/css"],
};

function dataOf({ store, alarms }: MetricsPagesDeps, span: ReturnType<typeof spanOf>) {
  const metrics = store.metrics().map((metric) => {
    const points = store.read(metric, span).flatMap((bucket, index) => {
      if (bucket === undefined) return [];
      const { sum, min, max, count } = bucket;
      const at = new Date(span.from + index * span.periodMs).toISOString();
      return [{ at, sum, min, max, count, p50: statistic("p50", bucket), p95: statistic("p95", bucket) }];
    });
    return { ...metric, points };
  });
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    periodSeconds: span.periodMs / 1000,
    metrics: metrics.filter(({ points }) => points.length > 0),
    alarms: alarms.list().map((alarm) => ({ ...alarm, since: new Date(alarm.since).toISOString() })),
  };
}
