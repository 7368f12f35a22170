import type { HttpApi } from "../aws/http-api/http-api.ts";
import type { Identity } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { readRequest, sendAnswer } from "../http.ts";
import { mostBytes } from "../lambda/payload.ts";
import type { Invoke } from "../lambda/types.ts";
import { paths } from "../paths.ts";
import { unlessAway } from "../regions.ts";
import { plain, type Route, type Routes } from "../router.ts";
import type { HostMetrics } from "./metrics.ts";
import { operatorsDoor } from "./operators-door.ts";

interface RegionRoutesDeps {
  readonly invokeOf: (functionArn: string) => Invoke;
  readonly apis: ReadonlyMap<string, HttpApi>;
  /** The home's doors stand under short paths as well. */
  readonly isHome: boolean;
  /** Of the host, under which the Region's own doors stand. */
  readonly path: string;
  readonly caller: Identity;
  readonly metrics: Pick<HostMetrics, "route">;
  readonly isAway: () => boolean;
}

/** A Region's own doors: that of operators, its HTTP API as anybody reaches it past the distribution, and its metrics. */
export function regionRoutes(graph: Graph, deps: RegionRoutesDeps): Routes {
  const { invokeOf, apis, isHome, path, caller, metrics, isAway } = deps;
  const door = (prefix: string): Route => unlessAway(operatorsDoor(graph, { invokeOf, caller, prefix }), isAway);
  const api = [...apis.values()][0];
  return [
    ...(isHome
      ? ([
          [paths.operators, door(paths.operators)],
          [paths.metrics, metrics.route],
        ] as const)
      : []),
    [`${path}${paths.operators}`, door(`${path}${paths.operators}`)],
    ...(isHome ? [] : ([[`${path}${paths.metrics}`, metrics.route]] as const)),
    ...(api ? ([[path, unlessAway(direct(api, path), isAway)]] as const) : []),
  ];
}

const direct =
  (api: HttpApi, path: string): Route =>
  async (incoming, response) => {
    const request = await readRequest(incoming, mostBytes);
    if (request === undefined) return plain(response, 413, "Expected a smaller body.");
    const answer = await api({ ...request, url: request.url.slice(path.length) || "/" });
    await sendAnswer(response, answer, { headOnly: request.method === "HEAD" });
  };
