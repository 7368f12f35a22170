import { access, readFile } from "node:fs/promises";
import { z } from "zod";
import { isFileTrouble } from "../file-trouble.ts";
import type { SiteFiles } from "./site-files.ts";

const format = z.enum(["jpeg", "png", "gif", "webp", "avif"]);
const side = z.int().min(1);

/** What lies beside the renditions of a picture, and says that all of them are there. */
const knownPicture = z.object({
  /** SHA-256 of the file they were made of, hex. */
  contentHash: z.string(),
  /** The settings they were made with. */
  made: z.string(),
  /** The moderator that let it through; missing where nobody was asked. */
  acceptedBy: z.string().optional(),
  /** Why there are none: a code of handlers/discover/left.ts. */
  left: z.enum(["NOTHING_GAINED", "ANIMATION_TOO_LARGE"]).optional(),
  width: side,
  height: side,
  format: z.enum(["jpeg", "png", "webp", "avif", "gif", "tiff"]),
  bytes: side,
  baseFormat: z.enum(["jpeg", "png", "gif"]),
  levels: z
    .array(
      z.object({
        name: z.string(),
        width: side,
        height: side,
        channels: z.union([z.literal(3), z.literal(4)]),
        frames: side,
        delay: z.array(z.number()).readonly(),
        loop: z.int(),
        formats: z.array(format).readonly(),
      }),
    )
    .readonly(),
  renditions: z
    .array(
      z.object({
        name: z.string(),
        level: z.string(),
        width: side,
        height: side,
        format,
        bytesBefore: z.int(),
        bytesAfter: z.int(),
        method: z.string(),
        key: z.string(),
        /** From the root of the site. */
        url: z.string(),
      }),
    )
    .readonly(),
});

export type KnownPicture = z.infer<typeof knownPicture>;

const fileIn = (folder: string) => `${folder}/picture.json`;

/** Undefined where there is none, or where it or a file it names is damaged or gone: then it is made again. */
export async function readKnown(site: SiteFiles, folder: string): Promise<KnownPicture | undefined> {
  try {
    const { success, data } = knownPicture.safeParse(
      JSON.parse(await readFile(site.target(fileIn(folder)), "utf8")) as unknown,
    );
    if (!success) return undefined;
    for (const { url } of data.renditions) {
      if (!url.startsWith(`${folder}/`)) return undefined;
      await access(site.target(url));
    }
    return data;
  } catch (error) {
    if (error instanceof SyntaxError || (isFileTrouble(error) && error.code === "ENOENT")) return undefined;
    throw error;
  }
}

/** Called when its renditions are written, so that a crash before leaves a picture that is not known. */
export const writeKnown = (site: SiteFiles, folder: string, known: KnownPicture) =>
  site.write(fileIn(folder), `${JSON.stringify(known)}\n`);
