import type { Edit } from "./place.ts";

/**
 * Makes the changes of a text, and no others. Those at one place are made in the order given.
 * @throws Error `EDITS_OVERLAP`
 */
export function rewrite(text: string, edits: readonly Edit[]): string {
  let written = "";
  let at = 0;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at)
      throw new Error(`EDITS_OVERLAP: expected the next change at ${at} or behind, but it begins at ${start}.`);
    written += text.slice(at, start) + replacement;
    at = end;
  }
  return written + text.slice(at);
}

/** Undefined for what is not UTF-8: its other bytes could not be kept. A byte order mark stays in the text. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
