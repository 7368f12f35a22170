import type { ModerationOptions } from "../options.ts";
import type { Screening } from "../providers/moderators/types.ts";
import type { Reason, Seen } from "./record.ts";

export type Judgement =
  | { readonly status: "accepted" }
  | { readonly status: "review"; readonly reason: Reason }
  | { readonly status: "rejected"; readonly reason: Reason };

/** What a moderator's answer means for a picture. @throws Error `BAD_ANSWER` */
export function judge(
  { confidence, moderator, containsNudity }: Screening,
  { greyscale }: Pick<Seen, "greyscale">,
  options: ModerationOptions,
): Judgement {
  // Compared with a limit, "not a number" is neither above nor below it: it must not pass for an answer.
  if (!(confidence >= 0 && confidence <= 100))
    throw new Error(`BAD_ANSWER: expected a confidence from 0 to 100 of ${moderator}, received ${confidence}.`);
  if (confidence >= options.rejectAbove) return { status: "rejected", reason: nudity(confidence) };
  // A moderator that says yes with little confidence has not said no.
  if (confidence >= options.reviewAbove || containsNudity) return { status: "review", reason: unsure(confidence) };
  if (greyscale && options.greyscale === "review") return { status: "review", reason: withoutColour };
  return { status: "accepted" };
}

const nudity = (confidence: number): Reason => ({
  code: "NUDITY",
  sentence: `The moderator is ${Math.round(confidence)} % sure that this picture shows nudity, so it is not published.`,
});
const unsure = (confidence: number): Reason => ({
  code: "UNSURE",
  sentence: `The moderator is ${Math.round(confidence)} % sure that this picture shows nudity. A person decides.`,
});
const withoutColour: Reason = {
  code: "GREYSCALE",
  sentence: "This picture has no colour, and classifiers judge such pictures badly. A person decides.",
};
