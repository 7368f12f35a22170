import type { LimitOptions } from "../options.ts";
import type { ObjectStore } from "./ports.ts";

/** The original of a picture that ingest took. @throws Error `ORIGINAL_MISSING` */
export async function readOriginal(
  working: ObjectStore,
  { original }: { readonly original: string },
  { maxBytes }: LimitOptions,
): Promise<Buffer> {
  const bytes = await working.read(original, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new Error(`ORIGINAL_MISSING: expected the original at ${original} in the working bucket, but there is none.`);
}
