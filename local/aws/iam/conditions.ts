import type { Context } from "./context.ts";
import { arn, fill, listOf, type Match, unsupported, wildcard } from "./match.ts";

export type Condition = (context: Context) => boolean;

/** A statement's `Condition` block: every operator and key in it must hold. @throws Error `POLICY_UNSUPPORTED` */
export function compileConditions(block: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Condition[] {
  return Object.entries(block).flatMap(([name, keys]) =>
    Object.entries(keys).map(([key, values]) => compile(name, key.toLowerCase(), listOf(values))),
  );
}

function compile(name: string, key: string, values: string[]): Condition {
  const { set, base, ifExists } = /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<base>.+?)(?<ifExists>IfExists)?$/.exec(
    name,
  )!.groups as { set?: string; base: string; ifExists?: string };
  if (base === "Null" && !set && !ifExists) return (context) => values.includes(String(context[key] === undefined));
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (!operator) throw unsupported(`the condition operator ${name}`);
  const negated = base.includes("Not");
  const matches = values.map(operator);
  // A missing key fails a positive operator and meets a negated one, except where the operator says otherwise.
  const whenMissing = ifExists !== undefined || set === "ForAllValues" || (negated && set === undefined);
  return (context) => {
    const value = context[key];
    if (value === undefined) return whenMissing;
    const holds = (one: string) => matches.some((match) => match(one, context)) !== negated;
    if (typeof value === "string") return holds(value);
    if (set === undefined)
      throw unsupported(`${name} on ${key}, which has a list of values: ForAllValues or ForAnyValue says how`);
    return set === "ForAllValues" ? value.every(holds) : value.some(holds);
  };
}

/** Each makes of a policy's value a test of the request's; a negated one is its opposite's test. */
const operators: Readonly<Record<string, (expected: string) => Match>> = {
  ...both("StringEquals", "StringNotEquals", (expected) => (value, context) => value === fill(expected, context)),
  ...both(
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    (expected) => (value, context) => value.toLowerCase() === fill(expected, context).toLowerCase(),
  ),
  ...both("StringLike", "StringNotLike", (expected) => wildcard(expected)),
  ...both("ArnLike", "ArnNotLike", arn),
  ...both("ArnEquals", "ArnNotEquals", arn),
  ...both(
    "NumericEquals",
    "NumericNotEquals",
    number((a, b) => a === b),
  ),
  NumericLessThan: number((a, b) => a < b),
  NumericLessThanEquals: number((a, b) => a <= b),
  NumericGreaterThan: number((a, b) => a > b),
  NumericGreaterThanEquals: number((a, b) => a >= b),
  Bool: (expected) => (value) => value.toLowerCase() === expected.toLowerCase(),
};

function both(name: string, negated: string, operator: (expected: string) => Match) {
  return { [name]: operator, [negated]: operator };
}

function number(compare: (value: number, expected: number) => boolean) {
  return (expected: string): Match => {
    if (Number.isNaN(Number(expected))) throw unsupported(`a number in a Numeric condition that is none, ${expected}`);
    return (value) => compare(Number(value), Number(expected));
  };
}
