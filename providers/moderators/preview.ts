import sharp, { type Sharp } from "sharp";
// Sets up sharp for bytes from outside: which decoders may run, and no cache.
import "../../handlers/pixels/sharp.ts";
import { type ModerationImage, ModeratorError } from "./types.ts";

/** White and black drawings both stay visible on it, whichever a transparent picture holds. */
const background = { r: 128, g: 128, b: 128 };

/** Frames looked at in an animation, the first and the last among them. */
const mostFrames = 5;

/** Longest aspect that a square is made of by squeezing, as the classifier's training pictures were. */
const squeezable = 2;

/** Longest aspect of one view of a still picture; beyond it there are several, side by side. */
const windowAspect = 3;
const mostWindows = 5;

/** Bounds of a JPEG shown to a moderator, well inside Rekognition's 80 to 10,000 px a side and 5 MB. */
const jpegBounds = { shortest: 80, longest: 8000, pixels: 2_560_000, quality: 90 };

/**
 * The picture as squares for a classifier: raw interleaved 8-bit sRGB, side × side × 3 bytes each.
 * One for each frame looked at; a still picture beyond 3:1 gives up to five windows along its
 * length. Up to 2:1 pictures are squeezed into the square. Longer ones are padded with grey:
 * squeezing or cutting squares out of those made false alarms of harmless photographs.
 *
 * @throws ModeratorError `BAD_ANSWER` when the picture cannot be decoded.
 */
export async function* squaresOf(moderator: string, image: ModerationImage, side: number): AsyncGenerator<Buffer> {
  const { width, height, windows } = stripOf(image, side);
  for (const page of framesOf(image)) {
    const strip = await raw(moderator, opened(image, page).resize(width, height, { fit: "fill" }));
    for (let i = 0; i < windows; i++) {
      const left = windows < 2 ? 0 : Math.round((i * Math.max(0, width - side)) / (windows - 1));
      const top = windows < 2 ? 0 : Math.round((i * Math.max(0, height - side)) / (windows - 1));
      const area = { left, top, width: Math.min(side, width), height: Math.min(side, height) };
      const window = sharp(strip, { raw: { width, height, channels: 3 } }).extract(area);
      yield raw(moderator, window.resize(side, side, { fit: "contain", background }));
    }
  }
}

/**
 * The picture as JPEGs for a service, one for each frame looked at: 80 to 8,000 px a side, at most
 * 2.56 megapixels, without metadata. Smaller pictures are enlarged; where that is not enough,
 * because they are a line rather than a picture, they are padded with grey.
 *
 * @throws ModeratorError `BAD_ANSWER` when the picture cannot be decoded.
 */
export async function* jpegsOf(moderator: string, image: ModerationImage): AsyncGenerator<Buffer> {
  const { width, height } = jpegSize(image);
  for (const page of framesOf(image)) {
    const jpeg = opened(image, page).resize(width, height, { fit: "contain", background });
    yield decoded(moderator, jpeg.jpeg({ quality: jpegBounds.quality }).toBuffer());
  }
}

/** Up to five frame numbers, evenly spread from the first to the last. */
export function framesOf({ frames }: Pick<ModerationImage, "frames">): number[] {
  const count = Math.min(frames, mostFrames);
  if (count < 2) return [0];
  return Array.from({ length: count }, (_, i) => Math.round((i * (frames - 1)) / (count - 1)));
}

/** As it will be published: an animation is never turned, and what ingest let pass with a warning is read. */
const opened = ({ bytes, frames }: ModerationImage, page: number): Sharp =>
  sharp(bytes, { page, pages: 1, autoOrient: frames < 2, failOn: "error" })
    .flatten({ background })
    .toColourspace("srgb");

const raw = (moderator: string, picture: Sharp) => decoded(moderator, picture.raw({ depth: "uchar" }).toBuffer());

async function decoded(moderator: string, picture: Promise<Buffer>): Promise<Buffer> {
  try {
    return await picture;
  } catch (cause) {
    const detail = "expected a picture that can be decoded, but it cannot be. Have ingest look at it again";
    throw new ModeratorError(moderator, "BAD_ANSWER", detail, { cause });
  }
}

/** The size at which a picture is cut into windows `side` long, and how many they are. */
function stripOf({ width, height, frames }: ModerationImage, side: number) {
  const aspect = Math.max(width, height) / Math.min(width, height);
  if (aspect <= squeezable) return { width: side, height: side, windows: 1 };
  const seen = frames > 1 ? aspect : Math.min(aspect, Math.max(windowAspect, aspect / mostWindows));
  const short = Math.max(1, Math.round(side / seen));
  const long = Math.max(side, Math.round((side * aspect) / seen));
  const windows = Math.min(mostWindows, Math.ceil(long / side));
  return width > height ? { width: long, height: short, windows } : { width: short, height: long, windows };
}

function jpegSize({ width, height }: ModerationImage) {
  const { shortest, longest, pixels } = jpegBounds;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const largest = Math.min(Math.sqrt(pixels / (width * height)), longest / long);
  const scale = Math.min(Math.max(1, shortest / short), largest);
  const bounded = (length: number) => Math.max(shortest, Math.round(length * scale));
  return { width: bounded(width), height: bounded(height) };
}
