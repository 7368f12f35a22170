import type { PolicyDocument } from "./aws/types.ts";
import type { Graph, Resource } from "./graph.ts";

/** Reading a captured graph: small questions, each answered or failing by name. */

export const ofType = (graph: Graph, type: string): readonly Resource[] =>
  graph.resources.filter((resource) => resource.type === type);

/** A resource by any of the names that others know it by. */
export function find(graph: Graph, type: string, reference: unknown): Resource | undefined {
  // Not every resource has all of these names: nothing must not be taken for one.
  if (reference === undefined) return undefined;
  return ofType(graph, type).find(({ outputs }) =>
    [outputs["arn"], outputs["id"], outputs["name"], outputs["bucket"], outputs["streamArn"]].includes(reference),
  );
}

export function need(graph: Graph, type: string, reference: unknown, whoAsks: string): Resource {
  const found = find(graph, type, reference);
  if (found) return found;
  const there = ofType(graph, type).map(({ name }) => name);
  throw new Error(
    `GRAPH_BROKEN: ${whoAsks} points to ${JSON.stringify(reference)}, but no ${type} has that name or ARN (there are: ${there.join(", ") || "none"}). Mend the component that wires it.`,
  );
}

export function text(resource: Resource, key: string, from: "inputs" | "outputs" = "outputs"): string {
  const value = resource[from][key];
  if (typeof value === "string" && value !== "") return value;
  throw new Error(
    `GRAPH_BROKEN: expected ${resource.type} ${resource.name} to have text in ${key}, received ${JSON.stringify(value)}.`,
  );
}

export const number = ({ inputs }: Resource, key: string): number | undefined =>
  typeof inputs[key] === "number" ? inputs[key] : undefined;

/** Empty for what stands in none, such as a bucket's. */
export const regionOfArn = (arn: string): string => arn.split(":")[3] ?? "";

/** A policy, which travels as JSON text or as an object. */
export const policyOf = (value: unknown): PolicyDocument =>
  (typeof value === "string" ? JSON.parse(value) : value) as PolicyDocument;
