import type { LimitOptions, ModerationOptions } from "../options.ts";
import { type ModerationImage, type Moderator, ModeratorError, type Screening } from "../providers/moderators/types.ts";
import type { Measure } from "./measures.ts";
import { previewKey } from "./object-keys.ts";
import { readOriginal } from "./original.ts";
import { previewOf } from "./pixels/preview.ts";
import type { ObjectStore } from "./ports.ts";
import type { Moderated, Picture, PictureIn, Reason } from "./record.ts";
import { createStep, type StepDeps } from "./step.ts";

export interface ModerateDeps extends StepDeps {
  readonly working: ObjectStore;
  readonly moderator: Moderator;
  readonly moderation: ModerationOptions;
  readonly limits: LimitOptions;
  /** Of a moderator, and of what followed from its answer. */
  readonly measureOf: (
    moderator: string,
    answer: "accepted" | "review" | "rejected",
  ) => Measure<"Environment" | "Moderator" | "Answer">;
}

/**
 * Wakes on a received picture; leaves it accepted, in review, or rejected. No answer, no publishing: it
 * throws and is retried. Where a moderator cannot be paid any more this month, a person decides.
 */
export const createModerate = (deps: ModerateDeps) => {
  const { moderator, moderation, working, limits, now, measureOf } = deps;
  const moderate = async (picture: PictureIn<"received">): Promise<Picture> => {
    const bytes = await readOriginal(working, picture, limits);
    const screening = await screened(moderator, { ...picture, bytes });
    const judged =
      screening instanceof ModeratorError ? unpaid(picture, screening) : judge(picture, screening, moderation, now());
    // Before the record says so: whoever sees a picture in review can look at it.
    if (judged.status === "review")
      await working.write(previewKey(picture.pictureId), await previewOf(bytes, picture), {
        contentType: "image/jpeg",
      });
    return judged;
  };
  return createStep("moderate", "received", deps, moderate, (picture) => {
    const { status } = picture;
    if ((status === "accepted" || status === "review" || status === "rejected") && picture.moderator !== undefined)
      measureOf(picture.moderator, status)({ ModerationAnswers: 1 });
  });
};

/** The answer, or that it cannot be paid for. */
const screened = (moderator: Moderator, image: ModerationImage): Promise<Screening | ModeratorError> =>
  moderator.screen(image).catch((error) => {
    if (error instanceof ModeratorError && error.code === "BUDGET_SPENT") return error;
    throw error;
  });

/** With what a cheaper moderator has seen in it, if one was asked before. */
const unpaid = (picture: PictureIn<"received">, { moderator, first }: ModeratorError): PictureIn<"review"> => ({
  ...picture,
  ...(first && moderatedBy(first)),
  status: "review",
  reason: {
    code: "BUDGET_SPENT",
    sentence: `This month's budget for the moderator ${moderator} is spent, so it was not asked about this picture. A person decides.`,
  },
});

function judge(picture: PictureIn<"received">, screening: Screening, options: ModerationOptions, now: Date): Picture {
  const { confidence, moderator, containsNudity } = screening;
  // Compared with a limit, "not a number" is neither above nor below it: it must not pass for an answer.
  if (!(confidence >= 0 && confidence <= 100))
    throw new Error(`BAD_ANSWER: expected a confidence from 0 to 100 of ${moderator}, received ${confidence}.`);
  const moderated = moderatedBy(screening);
  if (confidence >= options.rejectAbove)
    return { ...picture, ...moderated, status: "rejected", reason: nudity(confidence) };
  // A moderator that says yes with little confidence has not said no.
  if (confidence >= options.reviewAbove || containsNudity)
    return { ...picture, ...moderated, status: "review", reason: unsure(confidence) };
  if (picture.greyscale && options.greyscale === "review")
    return { ...picture, ...moderated, status: "review", reason: greyscale };
  return { ...picture, ...moderated, status: "accepted", acceptedBy: moderator, acceptedAt: now.toISOString() };
}

const moderatedBy = ({ containsNudity, confidence, moderator, labels }: Screening): Moderated => ({
  containsNudity,
  containsNudityConfidence: confidence,
  moderator,
  labels,
});

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
