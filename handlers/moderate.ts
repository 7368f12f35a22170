import type { LimitOptions, ModerationOptions } from "../options.ts";
import type { Moderator, Screening } from "../providers/moderators/types.ts";
import { previewKey } from "./object-keys.ts";
import { readOriginal } from "./original.ts";
import { previewOf } from "./pixels/preview.ts";
import type { ObjectStore } from "./ports.ts";
import type { Moderated, Picture, PictureIn, Reason } from "./record.ts";
import { type ChainDeps, createStep } from "./step.ts";

export interface ModerateDeps extends ChainDeps {
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
    const judged = judge(picture, screening, moderation, now());
    // Before the record says so: whoever sees a picture in review can look at it.
    if (judged.status === "review")
      await working.write(previewKey(picture.pictureId), await previewOf(bytes, picture), {
        contentType: "image/jpeg",
      });
    return judged;
  });
};

function judge(picture: PictureIn<"received">, screening: Screening, options: ModerationOptions, now: Date): Picture {
  const { confidence, moderator, labels, containsNudity } = screening;
  // Compared with a limit, "not a number" is neither above nor below it: it must not pass for an answer.
  if (!(confidence >= 0 && confidence <= 100))
    throw new Error(`BAD_ANSWER: expected a confidence from 0 to 100 of ${moderator}, received ${confidence}.`);
  const moderated: Moderated = { containsNudity, containsNudityConfidence: confidence, moderator, labels };
  if (confidence >= options.rejectAbove)
    return { ...picture, ...moderated, status: "rejected", reason: nudity(confidence) };
  // A moderator that says yes with little confidence has not said no.
  if (confidence >= options.reviewAbove || containsNudity)
    return { ...picture, ...moderated, status: "review", reason: unsure(confidence) };
  if (picture.greyscale && options.greyscale === "review")
    return { ...picture, ...moderated, status: "review", reason: greyscale };
  return { ...picture, ...moderated, status: "accepted", acceptedBy: moderator, acceptedAt: now.toISOString() };
}

const nudity = (confidence: number): Reason => ({
  code: "NUDITY",
  sentence: `The moderator is ${Math.round(confidence)} % sure that this picture shows nudity, so it is not published.`,
});
const unsure = (confidence: number): Reason => ({
  code: "UNSURE",
  sentence: `The moderator is ${Math.round(confidence)} % sure that this picture shows nudity. A person decides.`,
});
const greyscale: Reason = {
  code: "GREYSCALE",
  sentence: "This picture has no colour, and classifiers judge such pictures badly. A person decides.",
};
