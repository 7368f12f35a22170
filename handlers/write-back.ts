import { createHash } from "node:crypto";
import { SourceError } from "../providers/sources/types.ts";
import { contentTypes } from "./content-types.ts";
import type { SourceMeasure } from "./measures.ts";
import type { Use } from "./opened.ts";
import type { Catalog, Log, ObjectStore, SourceLedger } from "./ports.ts";
import type { Picture, PictureIn, Place, Rendition } from "./record.ts";
import { needsPerson } from "./standing.ts";

export interface WriteBackDeps {
  readonly name: string;
  /** Where the published bucket is. */
  readonly place: Pick<Place, "region">;
  readonly use: Use;
  readonly catalog: Pick<Catalog, "get" | "did" | "once" | "claim">;
  readonly published: Pick<ObjectStore, "read">;
  readonly ledger: Pick<SourceLedger, "wroteBack" | "keepUnwritten">;
  readonly now: () => Date;
  readonly log: Log;
  readonly measure: SourceMeasure;
}

/** Far above what a rendition has; one at a time is held. */
const mostBytes = 200 * 1024 * 1024;

/**
 * Wakes on a published picture of a source; puts its renditions into a folder of their own below the
 * source's write-back folder. Nothing there is replaced: what a retry finds is its own work. What the
 * source does not take is kept for later (handlers/catch-up.ts), and so is what S3 has not copied here
 * yet; what waits for a person ends here, told, rather than being tried at once again. Answers false for
 * both, and true when nothing is left to do.
 */
export const createWriteBack =
  (deps: WriteBackDeps) =>
  async (pictureId: string): Promise<boolean> => {
    const { name, catalog, ledger, now, log, measure } = deps;
    const said = { actor: "write-back", source: name, pictureId };
    const done = (outcome: string, details: object = {}) => {
      log(outcome, { ...said, ...details });
      return true;
    };
    const effect = `write-back:${name}`;
    const picture = await catalog.get(pictureId);
    if (!isOurs(picture, name)) return done("stale", { status: picture?.status ?? "gone" });
    if (await catalog.did(pictureId, effect)) return done("known");
    try {
      const folder = await folderOf(picture, deps);
      for (const rendition of picture.renditions) {
        const outcome = await writeOne(picture, rendition, folder, deps);
        if (outcome === "stale") return done(outcome);
        if (outcome === "uncopied") {
          await ledger.keepUnwritten(pictureId);
          log(outcome, { ...said, homeRegion: picture.homeRegion, key: rendition.key });
          return false;
        }
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { code, message: sentence } = error;
      await ledger.keepUnwritten(pictureId);
      await ledger.wroteBack({ code, sentence, at: now().toISOString() });
      if (!needsPerson(code)) throw error;
      measure({ SourceFailed: 1, SourceNeedsPerson: 1 });
      log("trouble", { ...said, reason: code, sentence });
      return false;
    }
    // Said last: a death before it only has everything found there once more.
    if (await catalog.once(pictureId, effect)) await ledger.wroteBack();
    return done("written", { renditions: picture.renditions.length });
  };

/** Or else it was forgotten meanwhile, or has not come yet from the Region that took it over. */
type Written = "written" | "stale" | "uncopied";

async function writeOne(
  { pictureId, homeRegion }: Picture,
  { key, name: file, format }: Rendition,
  folder: string,
  { name, place, use, catalog, published }: WriteBackDeps,
): Promise<Written> {
  const body = await published.read(key, mostBytes);
  // Asked after reading, so that as little time as can be lies between the answer and the writing.
  if (!isOurs(await catalog.get(pictureId), name)) return "stale";
  if (body === undefined && homeRegion !== place.region) return "uncopied";
  if (body === undefined)
    throw new Error(`RENDITION_MISSING: expected ${key} in the published bucket, but there is nothing.`);
  try {
    await use(({ write }) => {
      if (write === undefined) throw new SourceError(name, "CONFIG", "expected a source with a folder for results");
      return write(`${folder}/${file}`, body, { contentType: contentTypes[format] });
    });
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== "CONFLICT") throw error;
  }
  return "written";
}

const isOurs = (picture: Picture | undefined, source: string): picture is PictureIn<"published"> =>
  picture?.status === "published" && picture.source === source;

/** The picture's own: told by eight characters of its id, and by all where another of that name has the same eight. */
async function folderOf({ pictureId, name }: Picture, { name: source, catalog }: WriteBackDeps): Promise<string> {
  const stem = stemOf(name);
  const short = `${stem}-${pictureId.slice(0, 8)}`;
  const claimed = createHash("sha256")
    .update(JSON.stringify(["write-back", source, short.toLowerCase()]))
    .digest("hex");
  return (await catalog.claim(claimed, pictureId)) === pictureId ? short : `${stem}-${pictureId}`;
}

/** A file's name without its ending, as every file system takes it: at most 120 bytes, not hidden, no signs with a meaning. */
function stemOf(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize("NFC")
    .replace(/\.[^.]*$/, "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"*/:<>?\\|]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  let stem = "";
  for (const character of plain) {
    if (Buffer.byteLength(stem + character) > 120) break;
    stem += character;
  }
  return stem.trim() || "picture";
}
