import { decoded } from "../../lambda/payload.ts";

/** Which of an HTTP API's routes a request takes. */

export interface Matched<T> {
  readonly route: T;
  /** Undefined where the route's path has no variables. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

/**
 * The most specific route wins: the one with more fixed parts, then one whose variables are single
 * parts, then one that names the method; `$default` takes what is left.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 * @throws Error `ROUTE_INVALID` for a key that AWS would not take
 */
export function createMatcher<T extends { readonly key: string }>(
  routes: readonly T[],
): (method: string, path: string) => Matched<T> | undefined {
  const compiled = routes.map((route) => ({ route, ...compile(route.key) })).sort((a, b) => compare(b.rank, a.rank));
  return (method, path) => {
    for (const { route, method: wanted, pattern, names } of compiled) {
      const found = wanted === "ANY" || wanted === method ? pattern.exec(path) : null;
      if (found === null) continue;
      const values = names.map((name, at) => [name, decoded(found[at + 1] ?? "")] as const);
      return { route, ...(names.length > 0 && { pathParameters: Object.fromEntries(values) }) };
    }
    return undefined;
  };
}

function compile(key: string) {
  if (key === "$default") return { method: "ANY", pattern: /^/, names: [], rank: [-1] };
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(key) ?? [];
  if (method === undefined || path === undefined || /\{\w+\+\}./.test(path))
    throw new Error(`ROUTE_INVALID: expected a route such as "ANY /things/{proxy+}", received "${key}".`);
  const parts = path.split("/").slice(1);
  const variables = parts.map((part) => /^\{(\w+)(\+?)\}$/.exec(part));
  const source = parts.map((part, at) =>
    variables[at] ? (variables[at][2] ? "/(.+)" : "/([^/]+)") : `/${literal(part)}`,
  );
  const fixed = variables.filter((variable) => variable === null).length;
  const greedy = variables.some((variable) => variable?.[2] === "+");
  return {
    method,
    pattern: new RegExp(`^${source.join("")}$`),
    names: variables.flatMap((variable) => variable?.[1] ?? []),
    rank: [fixed, greedy ? 0 : 1, method === "ANY" ? 0 : 1],
  };
}

const literal = (text: string) => text.replace(/[\\^$.|+*?()[\]{}]/g, "\\$&");

const compare = (a: readonly number[], b: readonly number[]) =>
  a.map((rank, at) => rank - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
