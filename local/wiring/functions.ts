import { basename } from "node:path";
import type { Identity } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import type { FunctionConfig } from "../lambda/types.ts";
import { number, ofType, text } from "../lookup.ts";

/** Every function of the graph, as the very bundle that would be deployed. */
export const functionsOf = (
  graph: Graph,
  identities: ReadonlyMap<string, Identity>,
  region: string,
): readonly FunctionConfig[] =>
  ofType(graph, "aws:lambda/function:Function").map((fn) => ({
    name: text(fn, "name"),
    arn: text(fn, "arn"),
    codeDir: codeDirOf(fn),
    handler: text(fn, "handler", "inputs"),
    runtime: text(fn, "runtime", "inputs"),
    memoryMb: number(fn, "memorySize") ?? 128,
    timeoutSeconds: number(fn, "timeout") ?? 3,
    reservedConcurrency: number(fn, "reservedConcurrentExecutions"),
    environment: (fn.inputs["environment"] as { variables?: Record<string, string> } | undefined)?.variables ?? {},
    identity: identities.get(fn.urn)!,
    region,
  }));

/** What people call a function: its bundle's folder, such as `resize`. */
export const shortName = ({ codeDir }: Pick<FunctionConfig, "codeDir">) => basename(codeDir);

export function codeDirOf(fn: Resource): string {
  const path = (fn.inputs["code"] as { path?: string } | undefined)?.path;
  if (path !== undefined) return path;
  throw new Error(
    `GRAPH_BROKEN: expected function ${fn.name} to have its code in a folder, received ${JSON.stringify(fn.inputs["code"])}.`,
  );
}
