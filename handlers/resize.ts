import type { LimitOptions, RenditionOptions } from "../options.ts";
import { packPixels } from "./pack.ts";
import { resize } from "./pixels/resize.ts";
import type { ObjectStore } from "./ports.ts";
import { createStep, type StepDeps } from "./step.ts";

export interface ResizeDeps extends StepDeps {
  readonly working: ObjectStore;
  readonly renditions: RenditionOptions;
  readonly limits: LimitOptions;
}

/** Where resize leaves every size of a picture, uncompressed, as one object. */
export const resizedKey = (pictureId: string) => `resized/${pictureId}.tar`;

/** Wakes on an accepted picture; one decode makes every size. */
export const createResize = (deps: ResizeDeps) => {
  const { working, renditions, limits } = deps;
  return createStep("resize", "accepted", deps, async (picture) => {
    const bytes = await working.read(picture.original, limits.maxBytes);
    if (bytes === undefined)
      throw new Error(
        `ORIGINAL_MISSING: expected the original at ${picture.original} in the working bucket, but there is none.`,
      );
    const { resized, pixels } = await resize(bytes, picture, renditions, limits);
    await working.write(resizedKey(picture.pictureId), await packPixels(pixels), { contentType: "application/x-tar" });
    return { ...picture, ...resized, status: "resized" };
  });
};
