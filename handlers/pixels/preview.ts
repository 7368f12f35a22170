import sharp from "sharp";
import type { Seen } from "../record.ts";
// Sets up sharp for bytes from outside: which decoders may run, and no cache.
import "./sharp.ts";

/** Longest side, in pixels. */
const side = 640;
/** White and black drawings both stay visible on it, whichever a transparent picture holds. */
const background = { r: 128, g: 128, b: 128 };

/**
 * A small JPEG of a picture for the eyes of a reviewer, without metadata. Of an animation it shows
 * four frames from the first to the last: what is objectionable need not be in the first.
 */
export async function previewOf(bytes: Buffer, { frames }: Pick<Seen, "frames">): Promise<Buffer> {
  const nths = frames > 1 ? [0, 1, 2, 3] : [0];
  const pages = new Set(nths.map((nth) => Math.round((nth * (frames - 1)) / 3)));
  const most = frames > 1 ? side / 2 : side;
  const views: Buffer[] = [];
  for (const page of pages) {
    const view = sharp(bytes, { page, pages: 1, autoOrient: frames < 2, failOn: "error" })
      .resize(most, most, { fit: "inside", withoutEnlargement: true })
      .flatten({ background })
      .toColourspace("srgb");
    views.push(await (frames > 1 ? view.png({ compressionLevel: 1 }) : view.jpeg({ quality: 80 })).toBuffer());
  }
  const [only] = views;
  if (only !== undefined && views.length === 1) return only;
  return sharp(views, { join: { across: 2, background } })
    .jpeg({ quality: 80 })
    .toBuffer();
}
