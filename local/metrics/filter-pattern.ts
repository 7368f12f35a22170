import { type Condition, readCondition } from "./boolean.ts";
import { type Selector, selectorOf } from "./selector.ts";

/** Answers whether a line, read as JSON, passes. A line that is not JSON is undefined. */
export type LinePattern = Condition<unknown>;

/**
 * CloudWatch Logs' filter patterns, as far as they select by JSON:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
 * The empty pattern passes everything.
 * @throws FilterPatternError for mistakes, and for the other kinds of pattern (terms, fields between spaces, regular expressions).
 */
export function filterPattern(pattern: string): LinePattern {
  const text = pattern.trim();
  if (text === "") return () => true;
  const fail = (detail: string): never => {
    throw new FilterPatternError("FILTER_PATTERN_INVALID", pattern, detail);
  };
  if (!text.startsWith("{") || text.includes("%"))
    throw new FilterPatternError(
      "FILTER_PATTERN_UNSUPPORTED",
      pattern,
      'the laptop host knows selections by JSON alone, as in { $.message = "published" }',
    );
  if (!text.endsWith("}")) fail("it does not end with a brace");
  const tokens = tokensOf(text.slice(1, -1), fail);
  return readCondition({ tokens, and: "&&", or: "||", leaf: (at) => comparison(tokens, at, fail), fail });
}

export class FilterPatternError extends Error {
  override readonly name = "FilterPatternError";
  readonly code: "FILTER_PATTERN_INVALID" | "FILTER_PATTERN_UNSUPPORTED";
  constructor(code: FilterPatternError["code"], pattern: string, detail: string) {
    super(
      `${code}: expected a filter pattern, received ${JSON.stringify(pattern)}: ${detail}. Mend the metric filter.`,
    );
    this.code = code;
  }
}

type Fail = (detail: string) => never;

function tokensOf(text: string, fail: Fail): readonly string[] {
  const token = /\s*("(?:[^"\\]|\\.)*"|&&|\|\||[()]|[!<>]=|[=<>]|[^\s()=<>!&|"]+)/y;
  const tokens: string[] = [];
  for (let at = 0; at < text.trimEnd().length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text)?.[1];
    if (found === undefined) return fail(`${JSON.stringify(text.slice(at).trim())} cannot be read`);
    tokens.push(found);
  }
  return tokens;
}

/** `$.a = value`, `$.a IS NULL`, `$.a NOT EXISTS` and their like. */
function comparison(tokens: readonly string[], at: number, fail: Fail): readonly [LinePattern, number] {
  const [subject = "", operator = "", value] = tokens.slice(at, at + 3);
  const select = selectorOf(subject);
  if (select === undefined) return fail(`${JSON.stringify(subject)} is no selector such as $.message or $.users[0].id`);
  const words = Object.hasOwn(states, `${operator} ${value}`) ? states[`${operator} ${value}`] : undefined;
  if (words !== undefined) return [(line) => words(select(line)), at + 3];
  if (!isOperator(operator))
    return fail(`${JSON.stringify(operator)} is no operator; there are ${operators.join(" ")}`);
  if (value === undefined || value.startsWith("$") || ["(", ")", "&&", "||"].includes(value))
    return fail(`${operator} is not followed by a value`);
  return [compare(select, operator, value, fail), at + 3];
}

const states: Readonly<Record<string, (value: unknown) => boolean>> = {
  "IS NULL": (value) => value === null,
  "IS TRUE": (value) => value === true,
  "IS FALSE": (value) => value === false,
  "NOT EXISTS": (value) => value === undefined,
};

const operators = ["=", "!=", "<", "<=", ">", ">="] as const;
type Operator = (typeof operators)[number];
const isOperator = (text: string): text is Operator => (operators as readonly string[]).includes(text);

/** Only texts and numbers are compared: a list, an object, or nothing at all passes neither = nor !=. */
function compare(select: Selector, operator: Operator, value: string, fail: Fail): LinePattern {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined;
  if (operator === "=" || operator === "!=") {
    const same = sameAs(value, number);
    return (line) => {
      const found = select(line);
      return isScalar(found) && same(found) === (operator === "=");
    };
  }
  if (number === undefined) return fail(`${operator} compares numbers, and ${value} is none`);
  return (line) => {
    const found = select(line);
    return typeof found === "number" && orders[operator](found, number);
  };
}

const isScalar = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

const orders: Readonly<Record<Exclude<Operator, "=" | "!=">, (value: number, bound: number) => boolean>> = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** A star at the beginning, at the end or alone stands for any text; elsewhere it is itself. */
function sameAs(value: string, number: number | undefined): (found: string | number) => boolean {
  if (number !== undefined) return (found) => (typeof found === "number" ? found === number : found === value);
  const quoted = value.startsWith('"');
  const text = quoted ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
  if (text === "*") return () => true;
  const core = text.replace(/^\*|\*$/g, "");
  const [open, close] = [text.startsWith("*"), text.endsWith("*")];
  return (found) => {
    if (typeof found === "number" && quoted) return false;
    const whole = String(found);
    if (open && close) return whole.includes(core);
    if (open) return whole.endsWith(core);
    return close ? whole.startsWith(core) : whole === core;
  };
}
