import type { SkipReason, SourceErrorCode, SourceKind } from "../providers/sources/types.ts";

/** What went wrong, and when. */
export interface Trouble {
  readonly code: SourceErrorCode;
  readonly sentence: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The subscription by which a source's service calls. */
export interface Hook {
  /** The provider's own. */
  readonly state?: string;
  readonly expiresAt?: string;
  /** Why it could not be made or renewed. */
  readonly trouble?: Trouble;
}

export type Skipped = Readonly<Partial<Record<SkipReason, number>>>;

/** What a ledger keeps of how a source does. Times are ISO 8601. */
export interface Kept {
  readonly beganAt?: string;
  readonly wellAt?: string;
  readonly movedAt?: string;
  /** Since when all looks have ended in trouble, and the last one's. */
  readonly failingSince?: string;
  readonly trouble?: Omit<Trouble, "at">;
  /** In all. */
  readonly taken: number;
  readonly failed: number;
  readonly deleted: number;
  readonly skipped: Skipped;
  /** By the last look. */
  readonly lastSkipped?: Skipped;
  readonly failure?: Trouble;
  readonly hook?: Pick<Hook, "expiresAt" | "trouble">;
  readonly writtenBack?: number;
  /** Since when nothing could be written back, and why at last. */
  readonly writeBack?: Trouble & { readonly since: string };
}

/** A source as the stack's config names it. */
export interface Named {
  readonly name: string;
  readonly kind: SourceKind;
  /** Time between two looks, such as `5 minutes`. */
  readonly every: string;
}

/** How a source does, for those who look after it. Times are ISO 8601, numbers are files since the first look. */
export interface Standing extends Named {
  readonly lastPollAt?: string;
  /** When a look last ended well. */
  readonly lastWellAt?: string;
  readonly cursorMovedAt?: string;
  readonly nextPollAt?: string;
  readonly taken: number;
  readonly skipped: Skipped;
  readonly lastSkipped: Skipped;
  /** Given up. What was deleted at the source is no failure: pictures that were taken stay. */
  readonly failed: number;
  readonly deleted: number;
  /** Pictures whose results were written back. */
  readonly writtenBack: number;
  /** The last of what failed, in a sentence without names of files. */
  readonly lastFailure?: Trouble;
  /** What keeps the source from being looked at, or results from being written back. */
  readonly trouble?: {
    readonly code: SourceErrorCode;
    readonly sentence: string;
    readonly since: string;
    /** It lasts until somebody mends it. */
    readonly needsPerson: boolean;
  };
  readonly hook?: Pick<Hook, "expiresAt" | "trouble">;
}

export function standingOf({ name, kind, every }: Named, kept: Kept): Standing {
  const { beganAt, trouble, failingSince, writeBack } = kept;
  const failing = trouble && failingSince !== undefined ? { ...trouble, since: failingSince } : writeBack;
  return {
    name,
    kind,
    every,
    lastPollAt: beganAt,
    lastWellAt: kept.wellAt,
    cursorMovedAt: kept.movedAt,
    nextPollAt: beganAt && new Date(Date.parse(beganAt) + minutesOf(every) * 60_000).toISOString(),
    taken: kept.taken,
    skipped: kept.skipped,
    lastSkipped: kept.lastSkipped ?? {},
    failed: kept.failed,
    deleted: kept.deleted,
    writtenBack: kept.writtenBack ?? 0,
    lastFailure: kept.failure,
    trouble: failing && {
      code: failing.code,
      sentence: failing.sentence,
      since: failing.since,
      needsPerson: needsPerson(failing.code),
    },
    hook: kept.hook,
  };
}

/** Waiting does not help: somebody has to change a setting, a secret or a right. */
export const needsPerson = (code: SourceErrorCode): boolean => ["CONFIG", "AUTH", "FORBIDDEN", "QUOTA"].includes(code);

/** What a failed file's code means, without its name. */
export const sentences: Readonly<Record<SourceErrorCode, string>> = {
  CONFIG: "The source's settings do not fit. `darkroom source check` says what is missing.",
  AUTH: "The source did not let us in. Authorise it again.",
  FORBIDDEN: "The source lists the file, but does not let us read it.",
  NOT_FOUND: "The file was gone before it was fetched.",
  CHANGED: "The file was replaced before it was fetched; the new one comes with the next look.",
  CONFLICT: "There is something of that name already.",
  QUOTA: "The account at the source is full.",
  ARCHIVED: "The file is archived. Restore it first.",
  NOT_DOWNLOADABLE: "The service does not give this file out.",
  TOO_LARGE: "The file is larger than the source's limit.",
  RATE_LIMITED: "The service asks to be left alone for a while.",
  UNAVAILABLE: "The service did not answer, or broke off.",
  INTEGRITY: "The bytes that came are not those that were listed.",
  ABORTED: "Fetching was called off.",
};

const minutesOf = (every: string) => Number.parseInt(every, 10) * (every.includes("hour") ? 60 : 1);
