import { checkPattern, matches } from "../aws/pattern.ts";

/** A mapping's filterCriteria, in Pulumi's names. */
export interface FilterCriteria {
  readonly filters?: readonly { readonly pattern?: string }[];
}

/**
 * A record passes when one of the patterns fits it, or there is none.
 * @throws Error `PATTERN_INVALID` at once, as AWS refuses to create the mapping.
 */
export function filterOf(mapping: string, criteria: FilterCriteria | undefined): (record: unknown) => boolean {
  const patterns = (criteria?.filters ?? []).flatMap(({ pattern }) => (pattern === undefined ? [] : [parse(pattern)]));
  const problems = patterns.flatMap((pattern) => checkPattern(pattern));
  if (problems.length > 0)
    throw new Error(`PATTERN_INVALID: [${mapping}] expected event patterns in its filter, but ${problems.join("; ")}.`);
  return (record) => patterns.length === 0 || patterns.some((pattern) => matches(pattern, record));

  function parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error(`PATTERN_INVALID: [${mapping}] expected JSON in its filter, received ${text.slice(0, 200)}.`, {
        cause: error,
      });
    }
  }
}
