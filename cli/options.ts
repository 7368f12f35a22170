import type { z } from "zod";
import { CliError } from "./output.ts";

/** Checks flags against a schema of options.ts, listing every problem at once. */
export function parsed<S extends z.ZodType>(schema: S, value: Record<string, unknown>): z.infer<S> {
  const given = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new CliError(
    "BAD_OPTION",
    result.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("; "),
  );
}
