import type { Catalog } from "./ports.ts";
import type { Refusals } from "./refusals.ts";
import type { Kept } from "./standing.ts";

export interface ResultsDeps {
  readonly catalog: Pick<Catalog, "get" | "touch">;
  readonly refusals: Pick<Refusals, "of" | "end">;
  /** Sources that take results back. */
  readonly writeBacks: readonly string[];
  readonly standing: (source: string) => Promise<Kept>;
  readonly now: () => Date;
}

const mostAtOnce = 200;
/** Tried while the source is in trouble: it is known to be well again by one that it takes. */
const probes = 2;

/**
 * Wakes write-back for published pictures whose results a source refused, once it takes results
 * again: by the same touch, which means nothing to anybody else. Answers how many.
 */
export async function wakeRefused({ catalog, refusals, writeBacks, standing, now }: ResultsDeps): Promise<number> {
  let woken = 0;
  for (const source of writeBacks) {
    const { writeBack: trouble } = await standing(source);
    for (const refusal of await refusals.of(source, trouble ? probes : mostAtOnce)) {
      const picture = await catalog.get(refusal.pictureId);
      const waits = picture?.status === "published" && picture.source === source;
      if (waits && (await catalog.touch(picture, now().toISOString(), 0))) woken += 1;
      // Last: write-back leaves it alone if it has written it, and keeps it anew if it is refused again.
      await refusals.end(source, refusal);
    }
  }
  return woken;
}
