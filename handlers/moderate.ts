import type { LimitOptions, ModerationOptions } from "../options.ts";
import type { Moderator, Screening } from "../providers/moderators/types.ts";
import { judge } from "./judge.ts";
import { previewKey } from "./object-keys.ts";
import { readOriginal } from "./original.ts";
import { previewOf } from "./pixels/preview.ts";
import type { ObjectStore } from "./ports.ts";
import type { Moderated, Picture, PictureIn } from "./record.ts";
import { createStep, type StepDeps } from "./step.ts";

export interface ModerateDeps extends StepDeps {
  readonly working: ObjectStore;
  readonly moderator: Moderator;
  readonly moderation: ModerationOptions;
  readonly limits: LimitOptions;
}

/** Wakes on a received picture; leaves it accepted, in review, or rejected. No answer, no publishing: it throws and is retried. */
export const createModerate = (deps: ModerateDeps) => {
  const { moderator, moderation, working, limits, now } = deps;
  return createStep("moderate", "received", deps, async (picture) => {
    const bytes = await readOriginal(working, picture, limits);
    const screening = await moderator.screen({ ...picture, bytes });
    const next = judged(picture, screening, moderation, now());
    // Before the record says so: whoever sees a picture in review can look at it.
    if (next.status === "review")
      await working.write(previewKey(picture.pictureId), await previewOf(bytes, picture), {
        contentType: "image/jpeg",
      });
    return next;
  });
};

function judged(picture: PictureIn<"received">, screening: Screening, options: ModerationOptions, now: Date): Picture {
  const { confidence, moderator, labels, containsNudity } = screening;
  const moderated: Moderated = { containsNudity, containsNudityConfidence: confidence, moderator, labels };
  const judgement = judge(screening, picture, options);
  switch (judgement.status) {
    case "accepted":
      return { ...picture, ...moderated, ...judgement, acceptedBy: moderator, acceptedAt: now.toISOString() };
    case "review":
      return { ...picture, ...moderated, ...judgement };
    case "rejected":
      return { ...picture, ...moderated, ...judgement };
  }
}
