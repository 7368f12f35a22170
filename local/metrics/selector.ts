/** What a path such as `$.users[0].id` leads to in a log line; undefined where it leads nowhere. */
export type Selector = (line: unknown) => unknown;

/** Undefined for what is no path of names and indexes from `$`. */
export function selectorOf(text: string): Selector | undefined {
  if (!/^\$(\.[\w-]+(\[\d+\])*)+$/.test(text)) return undefined;
  const steps = [...text.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
  return (line) => steps.reduce<unknown>(step, line);
}

function step(value: unknown, by: string | number): unknown {
  if (typeof by === "number") return Array.isArray(value) ? value[by] : undefined;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, by) ? (value as Record<string, unknown>)[by] : undefined;
}
