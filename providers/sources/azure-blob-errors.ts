import { retryAfterMs, unsaidWaitMs } from "./token.ts";
import { SourceError, type SourceErrorCode } from "./types.ts";

/** What of the SDK's RestError and of Node's own errors is looked at. */
interface Failure {
  readonly name?: string;
  /** Azure's code, Node's (`ENOTFOUND`) or the SDK's own. */
  readonly code?: string;
  readonly statusCode?: number;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

export interface Place {
  /** Name of the source. */
  readonly source: string;
  readonly account: string;
  readonly container: string;
  /** When the SAS runs out, where there is one that does. */
  readonly expiresAt?: Date;
}

/**
 * What a failed call means. Says the status and Azure's code, never the address: a SAS stands in it.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
export function toSourceError(place: Place, action: string, cause: unknown): SourceError {
  if (cause instanceof SourceError) return cause;
  const { name, statusCode, response, ...failure } = Object(cause) as Failure;
  // Whoever calls a read off says so itself; what remains is our own patience, or a cut.
  if (name === "AbortError" || name === "TimeoutError")
    return new SourceError(place.source, "UNAVAILABLE", `cannot ${action}: no answer came in time`, { cause });
  // Bodies are missing here and there; the header is always sent.
  const code = response?.headers?.get("x-ms-error-code") ?? failure.code ?? "";
  const kind = codes[code] ?? ofStatus(statusCode);
  const received = [statusCode, code].filter(Boolean).join(" ") || "no answer";
  return new SourceError(place.source, ...said(place, action, kind, received), {
    cause,
    retryAfterMs:
      kind === "RATE_LIMITED" ? (retryAfterMs(response?.headers?.get("retry-after")) ?? unsaidWaitMs) : undefined,
  });
}

/** Codes whose status alone would mislead. */
const codes: Readonly<Record<string, SourceErrorCode>> = {
  AuthenticationFailed: "AUTH",
  InvalidAuthenticationInfo: "AUTH",
  NoAuthenticationInformation: "AUTH",
  AccountIsDisabled: "CONFIG",
  ContainerBeingDeleted: "CONFIG",
  ContainerDisabled: "CONFIG",
  ContainerNotFound: "CONFIG",
  InvalidResourceName: "CONFIG",
  BlobAlreadyExists: "CONFLICT",
  // With `If-None-Match: *`, and a SAS that may create but not replace.
  UnauthorizedBlobOverwrite: "CONFLICT",
  LeaseIdMissing: "CONFLICT",
  BlobImmutableDueToPolicy: "CONFLICT",
  ConditionNotMet: "CHANGED",
  BlobArchived: "ARCHIVED",
  BlobBeingRehydrated: "ARCHIVED",
  Md5Mismatch: "INTEGRITY",
  ServerBusy: "RATE_LIMITED",
};

function ofStatus(status: number | undefined): SourceErrorCode {
  if (status === 401) return "AUTH";
  if (status === 403) return "FORBIDDEN";
  if (status === 404) return "NOT_FOUND";
  if (status === 409) return "CONFLICT";
  if (status === 412) return "CHANGED";
  if (status === 429 || status === 503) return "RATE_LIMITED";
  // Whatever else Azure finds wrong with a request comes of how the source is described.
  return status !== undefined && status >= 400 && status < 500 ? "CONFIG" : "UNAVAILABLE";
}

function said(place: Place, action: string, kind: SourceErrorCode, received: string): [SourceErrorCode, string] {
  const { source, account, container, expiresAt } = place;
  const where = `container ${container} of account ${account}`;
  const refused = kind === "AUTH" || kind === "FORBIDDEN";
  if (refused && expiresAt && expiresAt.getTime() <= Date.now())
    return [
      "AUTH",
      `re-authorise source ${source}: its SAS ran out at ${expiresAt.toISOString()}. Make a new one with read and list, and store it`,
    ];
  switch (kind) {
    case "AUTH":
      return [kind, `re-authorise source ${source}: ${action} in ${where} was refused (${received})`];
    case "FORBIDDEN":
      return [
        kind,
        `expected to be allowed to ${action} in ${where}, received ${received}. Allow it to the SAS or role, and this network to the account's firewall`,
      ];
    case "CONFIG":
      return [kind, `expected ${where}, received ${received}. Check account, container and endpoint`];
    case "ARCHIVED":
      return [kind, `cannot ${action}: it is archived (${received}). Restore it first`];
    case "CHANGED":
      return [kind, `cannot ${action}: it was replaced after it was listed (${received}). The next look brings it`];
    case "CONFLICT":
      return [kind, `cannot ${action}: something is there already (${received})`];
    case "UNAVAILABLE":
      return [
        kind,
        `cannot ${action} in ${where}: received ${received}${received === "ENOTFOUND" ? `. If it stays so, check that there is an account ${account}` : ""}`,
      ];
    default:
      return [kind, `cannot ${action} in ${where}: received ${received}`];
  }
}
