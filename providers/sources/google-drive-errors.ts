import { reauthorise, retryAfterMs, unsaidWaitMs } from "./token.ts";
import { SourceError, type SourceErrorCode } from "./types.ts";

/** What Drive answered instead of what was asked for. */
export interface DriveRefusal {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body, `{ error: { errors: [{ reason, location }] } }`, or its text. */
  readonly data: unknown;
}

/** What a refusal means (https://developers.google.com/workspace/drive/api/guides/handle-errors). */
export function driveError(source: string, refusal: DriveRefusal, doing: string): SourceError {
  const { status, headers } = refusal;
  const { reason } = detailOf(refusal);
  const told = reason === undefined ? String(status) : `${status} ${reason}`;
  const code = codeOf(status, reason);
  if (code === "AUTH") return reauthorise(source, told);
  const retry = { retryAfterMs: retryAfterMs(headers.get("retry-after")) ?? unsaidWaitMs };
  return new SourceError(source, code, `${sentences[code] ?? "Drive refused"} ${doing} (${told})`, {
    ...(code === "RATE_LIMITED" && retry),
  });
}

/** A page token, or the token of the changes, is no longer known. */
export const isForgotten = (refusal: DriveRefusal): boolean =>
  refusal.status === 410 || (refusal.status === 400 && detailOf(refusal).location === "pageToken");

function codeOf(status: number, reason: string | undefined): SourceErrorCode {
  if (status === 401) return "AUTH";
  if (status === 429) return "RATE_LIMITED";
  if (status >= 500) return "UNAVAILABLE";
  if (status === 404) return "NOT_FOUND";
  return status === 403 ? (codesOf403[reason ?? ""] ?? "FORBIDDEN") : "CONFIG";
}

const codesOf403: Readonly<Record<string, SourceErrorCode>> = {
  userRateLimitExceeded: "RATE_LIMITED",
  rateLimitExceeded: "RATE_LIMITED",
  dailyLimitExceeded: "RATE_LIMITED",
  sharingRateLimitExceeded: "RATE_LIMITED",
  storageQuotaExceeded: "QUOTA",
  quotaExceeded: "QUOTA",
  teamDriveFileLimitExceeded: "QUOTA",
  numChildrenInNonRootLimitExceeded: "QUOTA",
  cannotDownloadFile: "NOT_DOWNLOADABLE",
  cannotDownloadAbusiveFile: "NOT_DOWNLOADABLE",
  fileNotDownloadable: "NOT_DOWNLOADABLE",
  accessNotConfigured: "CONFIG",
};

const sentences: Partial<Readonly<Record<SourceErrorCode, string>>> = {
  RATE_LIMITED: "Drive asks to wait before",
  UNAVAILABLE: "Drive is out of order for",
  NOT_FOUND: "nothing is there, or it is not shared with the account, for",
  QUOTA: "no storage is left (a service account has none: write to a shared drive, or as a user) for",
  NOT_DOWNLOADABLE: "Drive does not give out the file for",
  FORBIDDEN: "the account, or the scope it was connected with, does not permit",
};

/** Of the first error, as far as it is a word. */
function detailOf({ data }: DriveRefusal): { readonly reason?: string; readonly location?: string } {
  const { reason, location } = Object(Object(Object(Object(data).error).errors)[0]);
  return { reason: word(reason), location: word(location) };
}

const word = (value: unknown) => (typeof value === "string" && /^\w{1,60}$/.test(value) ? value : undefined);
