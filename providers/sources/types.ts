import type { Readable } from "node:stream";

/** A file as its source names it. `source + id + version` is the key under which it is taken once. */
export interface FileVersion {
  /** Stays when the file is renamed or overwritten, where the service can do that. */
  readonly id: string;
  /** Changes whenever the bytes do. */
  readonly version: string;
  /** For people only. */
  readonly path: string;
  /** Bytes; undefined where the service does not say. */
  readonly size?: number;
  /** As the service says; content decides later. */
  readonly mime?: string;
  /** ISO 8601. */
  readonly modifiedAt?: string;
  readonly digest?: Digest;
  /** Pins a read to exactly this version, where the service can. */
  readonly etag?: string;
}

/** Hex. `dropbox` is Dropbox's content hash: SHA-256 over the SHA-256 of each 4 MiB block. */
export interface Digest {
  readonly algorithm: "sha256" | "md5" | "dropbox";
  readonly value: string;
}

export type SkipReason =
  | "not-an-image"
  | "empty"
  | "native-document"
  | "own-output"
  | "too-large"
  | "archived"
  | "unsettled"
  | "unreadable"
  | "shortcut";

export type Change =
  | { readonly kind: "upsert"; readonly file: FileVersion }
  /** By id, or by path where the service tells no more; a path may be a folder: everything under it went too. */
  | { readonly kind: "delete"; readonly id?: string; readonly path?: string }
  | { readonly kind: "skip"; readonly path: string; readonly reason: SkipReason };

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Opaque, under 32 KiB. Save it only after `changes` are durably queued; pass it back as it is. */
  readonly cursor: string;
  /** There is another page now. */
  readonly more: boolean;
  /** The service forgot the earlier cursor: this listing begins anew and repeats what is known. */
  readonly resync?: true;
}

export interface ReadOptions {
  /** @throws SourceError `TOO_LARGE` before more bytes than that are passed on, also where the size was unknown. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface Check {
  readonly ok: boolean;
  /** What works and what is missing, a sentence each, in the order they were tried. */
  readonly findings: readonly { readonly ok: boolean; readonly sentence: string }[];
}

export interface Written {
  readonly id: string;
  readonly path: string;
}

/** A place that pictures come from. */
export interface Source {
  /** As the stack's config names it. */
  readonly name: string;
  readonly kind: SourceKind;
  /** Tries what a pull needs, without changing anything. Never throws for the service's answers. */
  check(): Promise<Check>;
  /** Changes since `cursor`; without one, everything that is there. A replayed cursor gives at least the same again. */
  changes(cursor?: string): Promise<ChangePage>;
  /**
   * The bytes of exactly this version. It ends well only after size and digest were found right;
   * a cut connection is resumed by range.
   * @throws SourceError, also as the stream's error.
   */
  read(file: FileVersion, options: ReadOptions): Promise<Readable>;
  /** Present where results may be written back. Never replaces a file that is there: `CONFLICT`. */
  write?(path: string, body: Buffer, options: { readonly contentType: string }): Promise<Written>;
  /** Present where the service calls back. It may only say "poll now". */
  readonly webhook?: Webhook;
}

export interface WebhookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}
export interface WebhookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True when the call was genuine and something may have changed. */
  readonly poll: boolean;
}
export interface Webhook {
  /** Verifies the call. A forged one is answered 403 and starts nothing. */
  answer(request: WebhookRequest): Promise<WebhookAnswer>;
  /** Where the subscription runs out: makes or renews it. Answers what to keep and until when. */
  renew?(address: string, state?: string): Promise<{ readonly state: string; readonly expiresAt: string }>;
}

export type SourceKind = "s3" | "dropbox" | "azure-blob" | "google-drive" | "folder";

/**
 * CONFIG, AUTH, FORBIDDEN and QUOTA need a person. NOT_FOUND, CHANGED and CONFLICT are about one
 * file. ARCHIVED, NOT_DOWNLOADABLE and TOO_LARGE make a file be skipped. RATE_LIMITED,
 * UNAVAILABLE, INTEGRITY and ABORTED pass.
 */
export type SourceErrorCode =
  | "CONFIG"
  | "AUTH"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "CHANGED"
  | "CONFLICT"
  | "QUOTA"
  | "ARCHIVED"
  | "NOT_DOWNLOADABLE"
  | "TOO_LARGE"
  | "RATE_LIMITED"
  | "UNAVAILABLE"
  | "INTEGRITY"
  | "ABORTED";

export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code: SourceErrorCode;
  /** How long the service asks to be left alone. */
  readonly retryAfterMs?: number;
  constructor(
    source: string,
    code: SourceErrorCode,
    detail: string,
    options: ErrorOptions & { readonly retryAfterMs?: number } = {},
  ) {
    super(`[${source}] ${code}: ${detail}`, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
