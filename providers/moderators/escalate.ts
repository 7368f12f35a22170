import { type ModerationImage, type Moderator, ModeratorError, type Screening } from "./types.ts";

export interface EscalatingDeps {
  /** Looks at every picture. */
  readonly screen: Moderator;
  /** Is asked about those the first is unsure of. */
  readonly escalate: Moderator;
  /** Confidence, 0–100, below which the first answer stands. */
  readonly clearBelow: number;
  /** Confidence from which the first answer stands again. */
  readonly rejectAbove: number;
}

/**
 * The cheap one first, the dear one only for the band between. The second answer is the one that
 * counts; the labels of both are kept, its own first. Either having no answer is no answer; where the
 * second cannot be paid for, the error tells what the first has seen.
 */
export function escalating({ screen, escalate, clearBelow, rejectAbove }: EscalatingDeps): Moderator {
  const name = `${screen.name} → ${escalate.name}`;
  return {
    name,
    async screen(image: ModerationImage) {
      const first = await screen.screen(image);
      if (first.confidence < clearBelow || first.confidence >= rejectAbove) return first;
      const second = await escalate.screen(image).catch((error) => {
        throw withFirst(error, first);
      });
      return { ...second, labels: [...second.labels, ...first.labels], moderator: name };
    },
  };
}

const withFirst = (error: unknown, first: Screening) =>
  error instanceof ModeratorError && error.code === "BUDGET_SPENT"
    ? new ModeratorError(error.moderator, error.code, "expected to be paid for a second look", { cause: error, first })
    : error;
