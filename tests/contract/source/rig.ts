import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import { expect } from "vitest";
import {
  type Change,
  type ChangePage,
  type FileVersion,
  type Source,
  SourceError,
} from "../../../providers/sources/types.ts";
import type { Patience } from "../../../providers/sources/verified.ts";

export { noise } from "../../fixtures/noise.ts";

/** `true`, or why not: the case then says so in its title and asks for what remains. */
export type Ability = true | string;

export interface Abilities {
  /** Tells of deleted files. */
  readonly deletes: Ability;
  /** Has connections that break: `faults.cut`, `faults.shortBody`. */
  readonly cuts: Ability;
  /** Knows a digest of its files: `faults.corruptBody`. */
  readonly digests: Ability;
  /** Connections that go silent: `faults.hang`. */
  readonly hangs: Ability;
  /** `faults.rateLimit`. */
  readonly rateLimits: Ability;
  /** Credentials that can be revoked: `faults.revoke`. */
  readonly credentials: Ability;
  /** Forgets cursors: `faults.forget`. */
  readonly resets: Ability;
  /** The rig's source has a write-back folder. */
  readonly writesBack: Ability;
}

/** Of a service that can be asked everything. */
export const allAbilities: Abilities = {
  deletes: true,
  cuts: true,
  digests: true,
  hangs: true,
  rateLimits: true,
  credentials: true,
  resets: true,
  writesBack: true,
};

/** What a case is given: a place of its own, empty, and sources that look at it. */
export interface SourceRig {
  /**
   * A new instance, that remembers nothing of an earlier one. It lists at most 10 entries a page,
   * and, unless told otherwise, does not wait between attempts.
   */
  fresh(patience?: Patience): Source;
  /** A source of another name, or of another kind, at any place: its cursors are foreign here. */
  foreign(): Source;
  /**
   * Puts a file there as its owner would, also over one that is there. `path` is below the source's
   * root, with `/` between its parts. Answers when a poll would bring it.
   */
  put(path: string, bytes: Buffer, more?: { readonly mime?: string }): Promise<void>;
  /** As `put`, but without the assurance that a poll would bring it already. @default put */
  replace?(path: string, bytes: Buffer): Promise<void>;
  remove(path: string): Promise<void>;
  /** Bytes of a file; undefined when there is none. */
  bytesOf(path: string): Promise<Buffer | undefined>;
  /** Every path that is there, results written back and leftovers included. */
  paths(): Promise<string[]>;
  /** Puts there what only this kind of source has, such as native documents. Answers their paths and why they are skipped. */
  oddities?(): Promise<Readonly<Record<string, string>>>;
  /** Path, below the source's root, of a result written back as `path`. */
  writtenPath?(path: string): string;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Troubles of the service. Each lasts until it was met `times`, or until `clear`. */
export interface Faults {
  /** The next `times` downloads break off after `atByte` bytes of their own body. */
  cut?(times: number, atByte: number): void;
  /** Every download has a wrong byte in its middle. */
  corruptBody?(): void;
  /** Every download ends, in good order, at the middle of the file, and has nothing beyond. */
  shortBody?(): void;
  /** The next `times` downloads say nothing more after their first bytes. */
  hang?(times: number): void;
  /** Every call is answered "too many requests, come back in so many seconds". */
  rateLimit?(seconds: number): void;
  /** Every call is answered "these credentials are no longer good". */
  revoke?(): void;
  /** Cursors given out so far are unknown to the service. */
  forget?(): void;
  /** Writing back fails half way. */
  breakWrites?(): void;
  clear(): void;
  /** Body bytes of downloads sent so far. */
  sent(): number;
}

export interface SourceCase {
  readonly title: string;
  /** What the case asks for; where the source cannot, `without` is run instead, or nothing remains to be asked. */
  readonly needs?: keyof Abilities;
  readonly run: (rig: SourceRig) => Promise<void>;
  readonly without?: (rig: SourceRig) => Promise<void>;
}

export interface Listed {
  readonly changes: readonly Change[];
  /** After each page; the last is where the next tick begins. */
  readonly cursors: readonly string[];
  readonly pages: readonly ChangePage[];
}

/** One tick: all pages there are, each fetched by a fresh instance. */
export async function tick(rig: Pick<SourceRig, "fresh">, cursor?: string): Promise<Listed> {
  const pages: ChangePage[] = [];
  do {
    const page = await rig.fresh().changes(pages.at(-1)?.cursor ?? cursor);
    expect(page.cursor.length, "bytes of the cursor").toBeLessThan(32 * 1024);
    pages.push(page);
    expect(pages.length, "pages of one tick").toBeLessThan(200);
  } while (pages.at(-1)?.more);
  return { changes: pages.flatMap(({ changes }) => changes), cursors: pages.map((page) => page.cursor), pages };
}

export const last = ({ cursors }: Listed) => cursors.at(-1)!;

/** Ticks until nothing new is told, as time goes by. */
export async function settled(rig: SourceRig): Promise<string> {
  return last(await tick(rig, last(await tick(rig))));
}

export const upserts = ({ changes }: Pick<Listed, "changes">): FileVersion[] =>
  changes.flatMap((change) => (change.kind === "upsert" ? [change.file] : []));

/** Keys under which files are taken once. */
export const keys = (listed: Pick<Listed, "changes">) =>
  new Set(upserts(listed).map((file) => `${file.id} ${file.version}`));

export const isAt = (found: string, path: string) => {
  const [whole, end] = [found.normalize("NFC"), path.normalize("NFC")];
  return whole === end || whole.endsWith(`/${end}`);
};

/** The newest upsert of `path`. */
export function fileAt(listed: Pick<Listed, "changes">, path: string): FileVersion {
  const file = upserts(listed).findLast((one) => isAt(one.path, path));
  expect(file, `upsert of ${path} among ${upserts(listed).map((one) => one.path)}`).toBeDefined();
  return file!;
}

/** Puts a file and answers what the source says of it. */
export async function listed(rig: SourceRig, path: string, bytes: Buffer): Promise<FileVersion> {
  await rig.put(path, bytes);
  return fileAt(await tick(rig), path);
}

export const plenty = 200 * 1024 * 1024;

export async function bytesFrom(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const readAll = async (source: Source, file: FileVersion, maxBytes = plenty, signal?: AbortSignal) =>
  bytesFrom(await source.read(file, { maxBytes, signal }));

/** The SourceError that `promise` ends with; anything else fails the case. */
export async function refusal(promise: Promise<unknown>): Promise<SourceError> {
  const error = await promise.then(
    () => expect.fail("expected a SourceError, but it ended well"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  return error as SourceError;
}
