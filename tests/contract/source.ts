import { describe, it } from "vitest";
import { type BrokenVariant, brokenVariantsOf } from "./source/broken.ts";
import { listingCases } from "./source/listing.ts";
import { readingCases } from "./source/reading.ts";
import type { Abilities, SourceCase, SourceRig } from "./source/rig.ts";
import { troubleCases } from "./source/trouble.ts";
import { writingCases } from "./source/writing.ts";

export { type FaultProxy, faultProxy } from "./source/fault-proxy.ts";
export { type Abilities, allAbilities, type Faults, type SourceRig } from "./source/rig.ts";

export const sourceCases: readonly SourceCase[] = [...listingCases, ...readingCases, ...troubleCases, ...writingCases];

/**
 * What the pull relies on of a source, whichever service is behind it. `setUp` is called for each
 * case and answers an empty place; a server may be shared between the calls.
 */
export const sourceContract = (name: string, abilities: Abilities, setUp: () => Promise<SourceRig>) =>
  describe(`source: ${name}`, () => {
    for (const one of sourceCases) {
      const why = one.needs === undefined || abilities[one.needs] === true ? undefined : abilities[one.needs];
      const run = why === undefined ? one.run : one.without;
      if (run) it(why === undefined ? one.title : `${one.title} (as far as can be: ${why})`, () => within(setUp, run));
      else it.skip(`${one.title} (does not apply: ${why})`);
    }
  });

/** The same cases against sources spoilt on purpose: each must be caught by the case that is there for it. */
export const brokenVariants = (name: string, abilities: Abilities, setUp: () => Promise<SourceRig>) =>
  describe(`the source contract, asked of a spoilt ${name} source, catches one that`, () => {
    for (const variant of brokenVariantsOf(sourceCases))
      if (variant.needs.every((ability) => abilities[ability] === true))
        it(variant.title, () => within(setUp, (rig) => caught(variant, rig)));
  });

async function caught({ title, caughtBy, spoil }: BrokenVariant, rig: SourceRig): Promise<void> {
  const wrong = await caughtBy.run(spoil(rig)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (wrong === undefined)
    throw new Error(`expected "${caughtBy.title}" to catch a source that ${title}, but it passed`);
}

async function within(setUp: () => Promise<SourceRig>, run: (rig: SourceRig) => Promise<void>): Promise<void> {
  const rig = await setUp();
  try {
    await run(rig);
  } finally {
    await rig.close();
  }
}
