import { InvalidArgumentError } from "commander";
import type { z } from "zod";
import { CliError } from "./output.ts";

/** Checks flags against a schema of options.ts, listing every problem at once. @throws CliError `BAD_OPTION` */
export function parsed<S extends z.ZodType>(schema: S, value: Record<string, unknown>): z.infer<S> {
  const result = schema.safeParse(given(value));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path: [flag, ...inside], message }) => {
    const came = inside.reduce(
      (outer: unknown, key) => (outer as Record<PropertyKey, unknown>)?.[key],
      value[String(flag)],
    );
    return `--${String(flag)}: ${message}${came === undefined ? "" : ` (${JSON.stringify(came)})`}`;
  });
  throw new CliError("BAD_OPTION", problems.join("; "));
}

/** What was said, without what was not. */
export const given = (flags: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));

/** The items of a flag such as `320,640`, each once. */
export const listOf = (text: string | undefined) =>
  text === undefined ? undefined : [...new Set(text.split(",").map((item) => item.trim()))];

/** Leaves text that is no number as it is, for the message about it. */
export const numberIfAny = (text: string) => (Number.isNaN(Number(text)) ? text : Number(text));

/** A flag that counts, from 1. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError("Expected a whole number from 1 to 1000000.");
  return value;
}
