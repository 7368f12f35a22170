import type { Label } from "../../handlers/record.ts";
import { ModeratorError, type Screening } from "./types.ts";

export type Answer = Omit<Screening, "moderator">;

/**
 * Asks about every view of a picture, one after another, and answers with the worst: nudity when
 * any view shows it, the highest confidence, and each label at its highest. Confidences are
 * rounded to hundredths. Rejects as soon as one view has no answer, or when there is nothing to ask about.
 */
export async function worstOf<View>(
  moderator: string,
  views: AsyncIterable<View>,
  ask: (view: View) => Promise<Answer>,
): Promise<Screening> {
  let containsNudity = false;
  let confidence = -1;
  const labels = new Map<string, number>();
  for await (const view of views) {
    const answer = await ask(view);
    containsNudity ||= answer.containsNudity;
    confidence = Math.max(confidence, hundredths(answer.confidence));
    for (const label of answer.labels)
      labels.set(label.name, Math.max(labels.get(label.name) ?? 0, hundredths(label.confidence)));
  }
  if (!(confidence >= 0))
    throw new ModeratorError(moderator, "BAD_ANSWER", `expected a confidence of 0 to 100, received ${confidence}`);
  return { containsNudity, confidence, labels: strongestFirst(labels), moderator };
}

const hundredths = (confidence: number) => Math.round(Math.min(100, confidence) * 100) / 100;

const strongestFirst = (labels: ReadonlyMap<string, number>): Label[] =>
  [...labels].map(([name, confidence]) => ({ name, confidence })).sort((a, b) => b.confidence - a.confidence);
