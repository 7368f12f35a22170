import { createHash } from "node:crypto";
import { encodeLevel, extensions } from "../../handlers/compress.ts";
import type { Replacement } from "../../handlers/discover/edits.ts";
import { left } from "../../handlers/discover/left.ts";
import type { Wanted } from "../../handlers/discover/page.ts";
import { judge } from "../../handlers/judge.ts";
import { bestFirst } from "../../handlers/markup.ts";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { resize } from "../../handlers/pixels/resize.ts";
import { DecodeError, SCALING } from "../../handlers/pixels/sharp.ts";
import type { Reason, Rendition, Seen } from "../../handlers/record.ts";
import type { CompressionOptions, LimitOptions, ModerationOptions, RenditionOptions } from "../../options.ts";
import type { Compressor } from "../../providers/compressors/types.ts";
import { type Moderator, ModeratorError } from "../../providers/moderators/types.ts";
import { readPicture } from "../picture-file.ts";
import { type KnownPicture, readKnown, writeKnown } from "./known-picture.ts";
import type { SiteFiles } from "./site-files.ts";

/** What became of one picture. */
export interface Outcome {
  /** From the root of the site. */
  readonly path: string;
  /** `known` was converted by an earlier run; `kept` needs no conversion; a `wouldConvert` is a dry run's. */
  readonly status: "converted" | "known" | "kept" | "refused" | "wouldConvert";
  readonly reason?: Reason;
  /** The file, and its largest rendition in the format that browsers are offered first. */
  readonly bytes?: number;
  readonly bytesAfter?: number;
  readonly replacement?: Replacement;
}

export interface DevelopDeps {
  readonly site: SiteFiles;
  /** Folder of all renditions, from the root. */
  readonly into: string;
  readonly renditions: RenditionOptions;
  readonly limits: LimitOptions;
  readonly preset: CompressionOptions["preset"];
  readonly compressor: Compressor;
  /** Missing where the person answers for the pictures. */
  readonly moderator?: Moderator;
  readonly moderation: ModerationOptions;
  readonly dryRun: boolean;
}

/** Finds, screens and develops pictures of one site; equal files are developed once. */
export function pictureDeveloper(deps: DevelopDeps): (wanted: Wanted) => Promise<Outcome> {
  const { site, into, limits, renditions, preset, moderator } = deps;
  const busy = new Map<string, Promise<unknown>>();
  const made = `${renditions.widths.join()} ${renditions.formats.join()} ${preset} ${SCALING}`;

  async function once(path: string, ownSize: boolean, bytes: Buffer, contentHash: string): Promise<Outcome> {
    const folder = `${into}/${contentHash.slice(0, 20)}`;
    const known = await readKnown(site, folder);
    const isEnough =
      known?.contentHash === contentHash &&
      known.made === made &&
      (moderator === undefined || known.acceptedBy !== undefined) &&
      (!ownSize || known.left !== undefined || known.renditions.some(({ width }) => width === known.width));
    if (isEnough) return outcome(path, known, "known");
    const inspection = await inspect(bytes, limits);
    if (inspection.verdict === "reject") return refused(path, inspection.reason);
    if (deps.dryRun) return { path, status: "wouldConvert", bytes: bytes.length };
    const refusal = await screened(bytes, inspection.seen, deps);
    if (refusal) return refused(path, refusal);
    const developed = await develop(bytes, inspection.seen, ownSize, deps);
    if ("refusal" in developed) return refused(path, developed.refusal);
    const { files, ...picture } = developed;
    const at = (rendition: Rendition) => ({ ...rendition, url: `${folder}/${rendition.key}` });
    const next = { ...picture, contentHash, made, acceptedBy: moderator?.name, renditions: picture.renditions.map(at) };
    for (const [name, content] of files) await site.write(`${folder}/${name}`, content);
    await writeKnown(site, folder, next);
    return outcome(path, next, "converted");
  }

  return async ({ path, ownSize }) => {
    const found = await site.find(path);
    if ("refusal" in found) return refused(path, found.refusal);
    const read = await readPicture(found.file, limits);
    if ("refusal" in read) return refused(path, read.refusal);
    const contentHash = createHash("sha256").update(read.bytes).digest("hex");
    const before = busy.get(contentHash) ?? Promise.resolve();
    const mine = before.then(() => once(path, ownSize, read.bytes, contentHash));
    // The next with these bytes waits for this one, however it ends.
    busy.set(
      contentHash,
      mine.catch(() => {}),
    );
    return mine;
  };
}

const refused = (path: string, reason: Reason): Outcome => ({ path, status: "refused", reason });

function outcome(path: string, known: KnownPicture, status: "converted" | "known"): Outcome {
  const { bytes } = known;
  if (known.left !== undefined) return { path, status: "kept", reason: left(known.left), bytes };
  return { path, status, bytes, bytesAfter: bestFirst(known)[0]?.largest.bytesAfter, replacement: known };
}

/** As moderate does it: no answer, no conversion. */
async function screened(bytes: Buffer, seen: Omit<Seen, "original">, deps: DevelopDeps): Promise<Reason | undefined> {
  if (deps.moderator === undefined) return undefined;
  try {
    const judgement = judge(await deps.moderator.screen({ ...seen, bytes }), seen, deps.moderation);
    return judgement.status === "accepted" ? undefined : judgement.reason;
  } catch (error) {
    if (!(error instanceof ModeratorError)) throw error;
    return { code: error.code, sentence: error.message };
  }
}

async function develop(bytes: Buffer, seen: Omit<Seen, "original">, ownSize: boolean, deps: DevelopDeps) {
  const { limits, compressor } = deps;
  const widths = ownSize ? [...deps.renditions.widths, seen.width] : deps.renditions.widths;
  const resizing = await resize(bytes, seen, { ...deps.renditions, widths }, limits).catch((error: unknown) => {
    if (error instanceof DecodeError) return { refusal: error.reason };
    throw error;
  });
  if ("refusal" in resizing) return resizing;
  const { baseFormat } = resizing.resized;
  const { width, height, format } = seen;
  const about = { width, height, format, bytes: bytes.length, baseFormat };
  const without = (why: NonNullable<KnownPicture["left"]>) =>
    ({ ...about, left: why, levels: [], renditions: [], files: new Map<string, Buffer>() }) as const;
  const pixels = resizing.pixels.filter(({ name }) => widths.some((wide) => name === `w${Math.min(wide, width)}`));
  if (seen.frames > 1 && pixels.every(({ frames }) => frames === 1)) return without("ANIMATION_TOO_LARGE");

  const files = new Map<string, Buffer>();
  const renditions: Rendition[] = [];
  for (const level of pixels)
    for (const { rendition, bytes: content } of await encodeLevel(compressor, level)) {
      const fingerprint = createHash("sha256").update(content).digest("hex").slice(0, 8);
      const key = `${rendition.level}.${fingerprint}.${extensions[rendition.format]}`;
      files.set(key, content);
      renditions.push({ ...rendition, key, url: key });
    }
  const levels = pixels.map(({ data: _, ...level }) => level);
  const offered = bestFirst({ levels, renditions, baseFormat })[0];
  if (offered === undefined || offered.largest.bytesAfter >= bytes.length) return without("NOTHING_GAINED");
  return { ...about, levels, renditions, files };
}
