import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Graph } from "../../local/graph.ts";
import type { FunctionConfig } from "../../local/lambda/types.ts";
import { openMetrics } from "../../local/wiring/metrics.ts";
import { metricsGraph, publish } from "../fixtures/metrics-graph.ts";
import { serve } from "../laptop/serve.ts";

/** The metrics of a graph behind an address of their own, fed by hand. */
export async function metricsRig(graph: Graph = metricsGraph()) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-metrics-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const metrics = openMetrics(graph, { dir, warn: () => {} });
  onTestFinished(metrics.close);
  const fn = publish as FunctionConfig;
  return {
    url: `${await serve((...exchange) => void metrics.route(...exchange))}/metrics`,
    log: (line: object) => metrics.line(fn, JSON.stringify(line)),
    write: (line: string) => metrics.line(fn, line),
    invoke: (ok: boolean) => metrics.invoked(fn, { event: {}, ok, ms: 20, concurrent: 1 }),
  };
}
