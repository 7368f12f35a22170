import { reauthorise, retryAfterMs, unsaidWaitMs } from "./token.ts";
import { SourceError, type SourceErrorCode } from "./types.ts";

/** What Dropbox answered instead of what was asked for. */
export interface DropboxRefusal {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body, `{ error: { ".tag": … } }`, or its text. */
  readonly error: unknown;
}

/**
 * What a refusal means (https://www.dropbox.com/developers/documentation/http/documentation#error-handling).
 * The text of a 400 is left out: Dropbox repeats the Authorization header in it.
 */
export function dropboxError(source: string, refusal: DropboxRefusal, doing: string): SourceError {
  const { status } = refusal;
  const tags = tagsOf(refusal);
  const told = [status, ...tags].join(" ");
  const fail = (code: SourceErrorCode, detail: string) => new SourceError(source, code, detail);
  if (tags[0] === "missing_scope")
    return fail(
      "FORBIDDEN",
      `expected the permission ${scopeOf(refusal)} for ${doing}: grant it to the app and connect again`,
    );
  if (status === 401) return reauthorise(source, told);
  if (status === 429 || tags.includes("too_many_write_operations"))
    return new SourceError(source, "RATE_LIMITED", `Dropbox asks to wait (${told})`, { retryAfterMs: waitOf(refusal) });
  if (status >= 500) return fail("UNAVAILABLE", `Dropbox answered ${told} to ${doing}`);
  if (status === 422) return fail("CONFIG", `expected a team space that this account can reach, received ${told}`);
  const code = status === 403 ? "FORBIDDEN" : (tags.map((tag) => codes[tag]).find(Boolean) ?? "CONFIG");
  return fail(code, `${sentences[code] ?? "Dropbox refused"} ${doing} (${told})`);
}

/** The cursor is no longer known. */
export const isReset = (error: unknown): boolean => isRefusal(error) && tagsOf(error).includes("reset");

export const isRefusal = (error: unknown): error is DropboxRefusal =>
  error instanceof Error && "status" in error && "headers" in error && "error" in error;

const codes: Readonly<Record<string, SourceErrorCode>> = {
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  insufficient_space: "QUOTA",
  no_write_permission: "FORBIDDEN",
  restricted_content: "NOT_DOWNLOADABLE",
  unsupported_file: "NOT_DOWNLOADABLE",
  content_hash_mismatch: "INTEGRITY",
  incorrect_offset: "UNAVAILABLE",
};

const sentences: Partial<Readonly<Record<SourceErrorCode, string>>> = {
  NOT_FOUND: "nothing is there for",
  CONFLICT: "something is there already for",
  QUOTA: "the Dropbox is full for",
  FORBIDDEN: "the account may not do",
  INTEGRITY: "Dropbox received other bytes in",
};

/** `{".tag": "path", "path": {".tag": "not_found"}}` is `["path", "not_found"]`. */
function tagsOf({ error }: DropboxRefusal): string[] {
  const tags: string[] = [];
  let level: unknown = Object(error).error;
  while (tags.length < 5) {
    const { ".tag": tag, reason, ...rest } = Object(level);
    if (typeof tag !== "string" || !/^\w{1,60}$/.test(tag)) break;
    tags.push(tag);
    level = rest[tag] ?? reason;
  }
  return tags;
}

function scopeOf({ error }: DropboxRefusal): string {
  const scope = Object(Object(error).error).required_scope;
  return typeof scope === "string" && /^[\w.]{1,60}$/.test(scope) ? scope : "that it lacks";
}

/** The header, or the body's own field. */
function waitOf({ headers, error }: DropboxRefusal): number {
  const seconds = Object(Object(error).error).retry_after;
  return retryAfterMs(headers.get("retry-after")) ?? (typeof seconds === "number" ? seconds * 1000 : unsaidWaitMs);
}
