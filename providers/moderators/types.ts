import type { Label, SourceType } from "../../handlers/record.ts";

/** A picture that ingest took: its bytes were decoded once without complaint. */
export interface ModerationImage {
  readonly bytes: Buffer;
  readonly format: SourceType;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

export interface Screening {
  readonly containsNudity: boolean;
  /** Confidence that the picture contains nudity, 0–100. */
  readonly confidence: number;
  readonly labels: readonly Label[];
  /** Who answered. */
  readonly moderator: string;
}

export interface Moderator {
  readonly name: string;
  /** @throws ModeratorError when there is no answer. It never guesses. */
  screen(image: ModerationImage): Promise<Screening>;
}

/** `CONFIG` and `AUTH` need a person, `BUDGET_SPENT` ends with the month; the others pass with time. */
export type ModeratorErrorCode = "CONFIG" | "AUTH" | "RATE_LIMITED" | "UNAVAILABLE" | "BAD_ANSWER" | "BUDGET_SPENT";

export class ModeratorError extends Error {
  override readonly name = "ModeratorError";
  readonly code: ModeratorErrorCode;
  readonly moderator: string;
  /** What another has answered that was asked before; it does not stand for this one's answer. */
  readonly first?: Screening;
  constructor(
    moderator: string,
    code: ModeratorErrorCode,
    detail: string,
    { first, ...options }: ErrorOptions & { readonly first?: Screening } = {},
  ) {
    super(`[${moderator}] ${code}: ${detail}`, options);
    this.code = code;
    this.moderator = moderator;
    this.first = first;
  }
}
