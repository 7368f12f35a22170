import { kindOf, listOf, peek, type Seen } from "./seen.ts";

/** All resources of a stack, and how they hang together. */
export interface Stack {
  of(...types: string[]): Seen[];
  /** Those of a type whose property names the target. */
  naming(type: string, property: string, target: Seen): Seen[];
}

export function stackOf(resources: readonly Seen[]): Stack {
  const of = (...types: string[]) => resources.filter((resource) => types.includes(kindOf(resource)));
  return { of, naming: (type, property, target) => of(type).filter((one) => names(one, property, target)) };
}

/**
 * By what the property says, where both sides are known. In the preview of something new they are not,
 * but Pulumi knows where the value will come from.
 */
export function names(from: Seen, property: string, target: Seen): boolean {
  const said = peek(() => from.props[property]) as unknown;
  const own = identities(target);
  if (typeof said === "string" && own.length > 0) return own.includes(said);
  return comesFrom(from, property, target);
}

/** Whether a value found deep in a property is this resource's. */
export function isOf(value: () => unknown, from: Seen, property: string, target: Seen): boolean {
  const said = peek(value);
  const own = identities(target);
  if (typeof said === "string" && own.length > 0) return own.includes(said);
  return said === undefined && !isKnown(value) && comesFrom(from, property, target);
}

const comesFrom = ({ propertyDependencies = {} }: Seen, property: string, { urn }: Seen) =>
  listOf(propertyDependencies[property]).some((one) => one.urn === urn);

const isKnown = (value: () => unknown) => peek(() => ({ value: value() })) !== undefined;

/** What others may call a resource by. */
const identities = ({ props }: Seen): string[] =>
  ["arn", "id", "name", "bucket", "url", "streamArn", "functionName", "invokeArn", "qualifiedArn"]
    .map((property) => peek(() => props[property]) as unknown)
    .filter((value): value is string => typeof value === "string" && value !== "");
