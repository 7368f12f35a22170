import type { LimitOptions, ModerationOptions } from "../options.ts";
import { type ModerationImage, type Moderator, ModeratorError, type Screening } from "../providers/moderators/types.ts";
import { judge } from "./judge.ts";
import type { Measure } from "./measures.ts";
import { previewKey } from "./object-keys.ts";
import { readOriginal } from "./original.ts";
import { previewOf } from "./pixels/preview.ts";
import type { ObjectStore } from "./ports.ts";
import type { Moderated, Picture, PictureIn } from "./record.ts";
import { type ChainDeps, createStep } from "./step.ts";

export interface ModerateDeps extends ChainDeps {
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
    const next =
      screening instanceof ModeratorError ? unpaid(picture, screening) : judged(picture, screening, moderation, now());
    // Before the record says so: whoever sees a picture in review can look at it.
    if (next.status === "review")
      await working.write(previewKey(picture.pictureId), await previewOf(bytes, picture), {
        contentType: "image/jpeg",
      });
    return next;
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

function judged(picture: PictureIn<"received">, screening: Screening, options: ModerationOptions, now: Date): Picture {
  const moderated = moderatedBy(screening);
  const judgement = judge(screening, picture, options);
  switch (judgement.status) {
    case "accepted":
      return {
        ...picture,
        ...moderated,
        ...judgement,
        acceptedBy: screening.moderator,
        acceptedAt: now.toISOString(),
      };
    case "review":
      return { ...picture, ...moderated, ...judgement };
    case "rejected":
      return { ...picture, ...moderated, ...judgement };
  }
}

const moderatedBy = ({ containsNudity, confidence, moderator, labels }: Screening): Moderated => ({
  containsNudity,
  containsNudityConfidence: confidence,
  moderator,
  labels,
});
