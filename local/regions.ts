import type { IncomingMessage } from "node:http";
import type { Graph } from "./graph.ts";
import { ofType, text } from "./lookup.ts";
import { awsPaths, paths } from "./paths.ts";
import type { Route, Routes } from "./router.ts";

/** Regions in which functions of the graph run, the home first. */
export function regionsOf(graph: Graph, home: string): readonly [string, ...string[]] {
  const others = new Set(ofType(graph, "aws:lambda/function:Function").map(({ region }) => region));
  others.delete(home);
  return [home, ...others];
}

/** What stands in a Region; what there is once counts to the home. */
export const inRegion = (graph: Graph, region: string): Graph => ({
  ...graph,
  resources: graph.resources.filter((resource) => resource.region === region),
});

/** A Region's own folder; the home's is the one there was before there were Regions. */
export const placeOf = (name: string, region: string, home: string): string =>
  region === home ? name : `${name}.${region}`;

/** Path of the host under which a Region's own doors stand. */
export const regionPath = (region: string): string => `${paths.regions}/${region}`;

/** Which Regions nobody gets through to. */
export interface Reach {
  readonly isAway: (region: string) => boolean;
}

/** The services' endpoints stand for those of all Regions: one of a Region that is cut off breaks the connection. */
export function reachable(graph: Graph, routes: Routes, { isAway }: Reach): Routes {
  const buckets = new Map(
    ofType(graph, "aws:s3/bucket:Bucket").map((bucket) => [text(bucket, "bucket"), bucket.region]),
  );
  return routes.map(([prefix, route]) => {
    const regionOf = prefix === awsPaths.S3 ? bucketRegion(buckets) : signedRegion;
    return [prefix, unlessAway(route, (request) => isAway(regionOf(request) ?? ""))];
  });
}

/** A route that breaks the connection, as if nobody were there. */
export const unlessAway =
  (route: Route, isAway: (request: IncomingMessage) => boolean): Route =>
  async (request, response) => {
    if (isAway(request)) return void request.socket.destroy();
    return route(request, response);
  };

const bucketRegion =
  (buckets: ReadonlyMap<string, string>) =>
  ({ url = "" }: IncomingMessage) =>
    buckets.get(/^\/([^/?]*)/.exec(url.slice(awsPaths.S3.length))?.[1] ?? "");

/** Of the credential's scope; whether the signature is right is for the service to say. */
const signedRegion = ({ headers }: IncomingMessage) =>
  /Credential=[^/,\s]+\/\d{8}\/([^/]+)\//.exec(headers.authorization ?? "")?.[1];
