/**
 * Event patterns, as EventBridge rules and Lambda's event source mappings filter by them. Own code,
 * because AWS's matcher is a Java library and nothing on npm keeps up with it.
 */

/** Whether an event passes. @throws Error `PATTERN_INVALID` that lists what `checkPattern` finds. */
export function matches(pattern: unknown, event: unknown): boolean {
  const problems = checkPattern(pattern);
  if (problems.length > 0) throw new Error(`PATTERN_INVALID: expected an event pattern, but ${problems.join("; ")}.`);
  return matchesObject(pattern as Record<string, unknown>, event);
}

/** Every mistake in a pattern, each with the path to it; empty when there is none. */
export function checkPattern(pattern: unknown, path = "$"): string[] {
  if (!isObject(pattern)) return [`${path} is not an object or a list of values: ${JSON.stringify(pattern)}`];
  const fields = Object.entries(pattern);
  if (fields.length === 0) return [`${path} is empty`];
  return fields.flatMap(([name, inner]) => {
    const at = `${path}.${name}`;
    if (name === "$or") return checkAlternatives(inner, at);
    if (!Array.isArray(inner)) return checkPattern(inner, at);
    if (inner.length === 0) return [`${at} lists no value`];
    return inner.flatMap((value, index) => checkValue(value, `${at}[${index}]`));
  });
}

function checkAlternatives(alternatives: unknown, path: string): string[] {
  if (!Array.isArray(alternatives) || alternatives.length < 2) return [`${path} is not a list of two or more patterns`];
  return alternatives.flatMap((pattern, index) => checkPattern(pattern, `${path}[${index}]`));
}

function checkValue(value: unknown, path: string): string[] {
  if (isScalar(value)) return [];
  const [[name, argument] = [""], ...others] = isObject(value) ? Object.entries(value) : [];
  if (others.length > 0) return [`${path} holds more than one operator: ${Object.keys(value as object).join(", ")}`];
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator)
    return [`${path} is not a value or one of ${Object.keys(operators).join(", ")}: ${JSON.stringify(value)}`];
  return operator.takes(argument) ? [] : [`${path}.${name} is not ${operator.wants}: ${JSON.stringify(argument)}`];
}

function matchesObject(pattern: Record<string, unknown>, event: unknown): boolean {
  // All fields of a pattern must be met by the same element of a list.
  if (Array.isArray(event)) return event.some((element) => matchesObject(pattern, element));
  return Object.entries(pattern).every(([name, inner]) => {
    if (name === "$or") return (inner as Record<string, unknown>[]).some((pattern) => matchesObject(pattern, event));
    const value = isObject(event) ? event[name] : undefined;
    return Array.isArray(inner)
      ? matchesLeaf(inner, leavesOf(value))
      : matchesObject(inner as Record<string, unknown>, value);
  });
}

const matchesLeaf = (values: readonly unknown[], leaves: readonly unknown[]) =>
  values.some((value) => {
    if (!isObject(value)) return leaves.includes(value);
    const [name, argument] = Object.entries(value)[0]!;
    if (name === "exists") return leaves.length > 0 === argument;
    return leaves.some((leaf) => operators[name]!.test(argument, leaf));
  });

/** Only values count: a field that holds an object, or an empty list, is as good as absent. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isScalar(value) ? [value] : [];
}

interface Operator {
  /** What the argument has to be, for a message. */
  readonly wants: string;
  takes(argument: unknown): boolean;
  test(argument: unknown, value: unknown): boolean;
}

const lower = (text: unknown) => (text as string).toLowerCase();

/** A text, or `{ "equals-ignore-case": text }`, compared by `compare`. */
const onText = (compare: (value: string, argument: string) => boolean): Operator => ({
  wants: 'a text or { "equals-ignore-case": text }',
  takes: (argument) => isText(argument) || isIgnoringCase(argument),
  test: (argument, value) => {
    if (!isText(value)) return false;
    return isIgnoringCase(argument)
      ? compare(lower(value), lower(argument["equals-ignore-case"]))
      : compare(value, argument as string);
  },
});

const prefix = onText((value, argument) => value.startsWith(argument));
const suffix = onText((value, argument) => value.endsWith(argument));
const equalsIgnoreCase: Operator = {
  wants: "a text",
  takes: isText,
  test: (argument, value) => isText(value) && lower(value) === lower(argument),
};

const operators: Readonly<Record<string, Operator>> = {
  prefix,
  suffix,
  "equals-ignore-case": equalsIgnoreCase,
  exists: { wants: "true or false", takes: (argument) => typeof argument === "boolean", test: () => false },
  numeric: { wants: 'comparisons such as [">", 0, "<=", 5]', takes: isRange, test: inRange },
  "anything-but": {
    wants:
      'a text, a number, a list of one kind, or { "prefix" | "suffix" | "equals-ignore-case": text or list of texts }',
    takes: (argument) => {
      if (!isObject(argument)) return isListOf(argument, isText) || isListOf(argument, isNumber);
      const names = Object.keys(argument);
      return names.length === 1 && Object.hasOwn(inverted, names[0]!) && isListOf(argument[names[0]!], isText);
    },
    test: (argument, value) => {
      if (!isObject(argument)) return ![argument].flat().includes(value);
      const [name, texts] = Object.entries(argument)[0]!;
      return ![texts].flat().some((text) => inverted[name]!.test(text, value));
    },
  },
};

const inverted: Readonly<Record<string, Operator>> = { prefix, suffix, "equals-ignore-case": equalsIgnoreCase };

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
};

/** One comparison, or a lower bound followed by a greater upper one. */
function isRange(argument: unknown): boolean {
  if (!Array.isArray(argument)) return false;
  const [first, low, second, high] = argument;
  const one = Object.hasOwn(comparisons, first) && isNumber(low);
  if (argument.length === 2) return one;
  return argument.length === 4 && one && isNumber(high) && /^>/.test(first) && /^</.test(second) && low < high;
}

function inRange(argument: unknown, value: unknown): boolean {
  const [first, low, second, high] = argument as [string, number, string?, number?];
  if (!isNumber(value) || !comparisons[first]!(value, low)) return false;
  return second === undefined || comparisons[second]!(value, high!);
}

const isListOf = (value: unknown, is: (element: unknown) => boolean) =>
  Array.isArray(value) ? value.length > 0 && value.every(is) : is(value);

function isIgnoringCase(value: unknown): value is { readonly "equals-ignore-case": string } {
  return isObject(value) && Object.keys(value).length === 1 && isText(value["equals-ignore-case"]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

const isScalar = (value: unknown) => value === null || isText(value) || isNumber(value) || typeof value === "boolean";
