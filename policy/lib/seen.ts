import { type PolicyResource, UnknownValueError } from "@pulumi/policy";

/** A resource as both kinds of validation see it: one alone by its inputs, all together by their outputs. */
export type Seen = Pick<PolicyResource, "urn" | "type" | "name" | "props" | "opts"> &
  Partial<Pick<PolicyResource, "propertyDependencies">>;

/** The type without the `V2` that older names of the same resource carry. */
export const kindOf = ({ type }: Pick<Seen, "type">): string => type.replaceAll("V2", "");

/** What `read` finds, or undefined where only an update will tell. */
export function peek<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** One or many, or none, as an array. */
export const listOf = <T>(value: T | readonly T[] | null | undefined): readonly T[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value as T];

/** Whether `*` in the pattern, standing for any text, makes it fit. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
