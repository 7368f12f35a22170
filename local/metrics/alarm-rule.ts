import type { AlarmState } from "./alarm-state.ts";
import { type Condition, readCondition } from "./boolean.ts";

/** A composite alarm's rule over the states of others, by their names or ARNs. */
export type AlarmRule = Condition<(alarm: string) => AlarmState>;

const states: Readonly<Record<string, AlarmState>> = {
  ALARM: "ALARM",
  OK: "OK",
  INSUFFICIENT_DATA: "INSUFFICIENT_DATA",
};

/**
 * Such as `ALARM("a") AND NOT (OK(b) OR FALSE)`.
 * @throws Error `ALARM_RULE_INVALID`
 */
export function alarmRule(rule: string): AlarmRule {
  const fail = (detail: string): never => {
    throw new Error(
      `ALARM_RULE_INVALID: expected a composite alarm's rule, received ${JSON.stringify(rule)}: ${detail}.`,
    );
  };
  const tokens = rule.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  const leaf = (at: number): readonly [AlarmRule, number] => {
    const [word = "", open, name = "", close] = tokens.slice(at, at + 4);
    if (word === "TRUE" || word === "FALSE") return [() => word === "TRUE", at + 1];
    const state = states[word] ?? fail(`${JSON.stringify(word)} is no condition such as ALARM("name")`);
    if (open !== "(" || close !== ")" || name === "") fail(`${word} is not followed by an alarm's name in parentheses`);
    const alarm = name.replaceAll('"', "");
    return [(stateOf) => stateOf(alarm) === state, at + 4];
  };
  return readCondition({ tokens, and: "AND", or: "OR", not: "NOT", leaf, fail });
}
