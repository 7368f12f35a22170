import type { LimitOptions, RenditionOptions } from "../options.ts";
import { resizedKey } from "./object-keys.ts";
import { readOriginal } from "./original.ts";
import { packPixels } from "./pack.ts";
import { resize } from "./pixels/resize.ts";
import { DecodeError } from "./pixels/sharp.ts";
import type { ObjectStore } from "./ports.ts";
import { type ChainDeps, createStep, rejected } from "./step.ts";

export interface ResizeDeps extends ChainDeps {
  readonly working: ObjectStore;
  readonly renditions: RenditionOptions;
  readonly limits: LimitOptions;
}

/** Wakes on an accepted picture; one decode makes every size. */
export const createResize = (deps: ResizeDeps) => {
  const { working, renditions, limits } = deps;
  return createStep("resize", "accepted", deps, async (picture) => {
    const bytes = await readOriginal(working, picture, limits);
    try {
      const { resized, pixels } = await resize(bytes, picture, renditions, limits);
      const key = resizedKey(picture.pictureId);
      await working.write(key, await packPixels(pixels), { contentType: "application/x-tar" });
      return { ...picture, ...resized, status: "resized" };
    } catch (error) {
      // Ingest decoded it once; what fails at full size will fail at every try.
      if (error instanceof DecodeError) return rejected(picture, error.reason);
      throw error;
    }
  });
};
