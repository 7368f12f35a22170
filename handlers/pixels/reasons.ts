import type { LimitOptions } from "../../options.ts";
import type { Reason, SourceType } from "../record.ts";

/**
 * Every reason for which a file is refused before anybody looks at what it shows: its code, and the
 * sentence for a person, which says what came, what is allowed and what to do.
 */
const reasons = {
  EMPTY: () => "The file is empty: 0 bytes arrived. Send it again.",
  TOO_LARGE: ({ bytes, maxBytes }: { bytes: number; maxBytes: number }) =>
    `The file has ${megabytes(bytes)} MB and at most ${megabytes(maxBytes)} MB are taken. Send a smaller copy.`,
  NOT_AN_IMAGE: ({ what }: { what?: string }) =>
    `${what ? `This is ${what}, not a picture` : "The content is none of the picture types known here"}, whatever its name says. Send ${ALLOWED}.`,
  UNSUPPORTED_TYPE: ({ what, advice }: { what: string; advice?: string }) =>
    `This is ${what}, which is not taken here. Send ${ALLOWED}.${advice ? ` ${advice}` : ""}`,
  TOO_MANY_PIXELS: ({ width, height, maxPixels }: { width: number; height: number; maxPixels: number }) =>
    `The picture has ${width} × ${height} = ${megapixels(width * height)} megapixels and at most ${megapixels(maxPixels)} are taken. Scale it down first.`,
  TOO_LONG: ({ width, height, maxSide }: { width: number; height: number; maxSide: number }) =>
    `The picture is ${width} × ${height} pixels and neither side may exceed ${maxSide}. Crop it, or cut it into several pictures.`,
  TOO_MANY_FRAMES: ({ frames, maxFrames }: { frames: number; maxFrames: number }) =>
    `The animation has ${frames} frames and at most ${maxFrames} are taken. Shorten it, or send it as a video elsewhere.`,
  TOO_MANY_FRAME_PIXELS: (seen: { width: number; height: number; frames: number; maxFramePixels: number }) =>
    `The animation has ${seen.frames} frames of ${seen.width} × ${seen.height}, ${megapixels(seen.frames * seen.width * seen.height)} megapixels in all, and at most ${megapixels(seen.maxFramePixels)} are taken. Shorten it or scale it down.`,
  TRUNCATED: ({ type }: { type: SourceType }) =>
    `The ${typeNames[type]} file ends too early, as after a broken transfer. Send it again.`,
  CORRUPT: ({ type }: { type: SourceType }) =>
    `The ${typeNames[type]} file is damaged and cannot be read whole. Save it again from its original and send that.`,
  TOO_SLOW: ({ type, seconds }: { type: SourceType; seconds: number }) =>
    `Reading the ${typeNames[type]} file took longer than the ${seconds} seconds allowed. Save it again, smaller and not progressive.`,
  KEY_TOO_LONG: ({ bytes, maxBytes }: { bytes: number; maxBytes: number }) =>
    `The object's key has ${bytes} bytes and at most ${maxBytes} are allowed. Give it a shorter name.`,
  KEY_NOT_TEXT: () => "The object's key is not proper Unicode text. Give it a plain name.",
  KEY_CONTROL: () => "The object's key holds a control character, such as a line break. Give it a plain name.",
  KEY_INVISIBLE: () =>
    "The object's key holds a character that is not seen or turns the writing direction, which hides what the name says. Give it a plain name.",
  KEY_BACKSLASH: () => "The object's key holds a backslash, which some systems read as a folder. Use / or none.",
  KEY_CLIMBS: () =>
    "The object's key has . or .. as a folder, which some systems read as a way up. Give it a plain name.",
} satisfies Record<string, (came: never) => string>;

type Reasons = typeof reasons;
export type ReasonCode = keyof Reasons;

export function reason<Code extends ReasonCode>(code: Code, ...came: Parameters<Reasons[Code]>): Reason {
  const sentence = reasons[code] as (...came: Parameters<Reasons[Code]>) => string;
  return { code, sentence: sentence(...came) };
}

/** The refusal of a file by its size alone, so that it need not be fetched. */
export function tooLarge(bytes: number, limits: Pick<LimitOptions, "maxBytes">): Reason | undefined {
  if (bytes > limits.maxBytes) return reason("TOO_LARGE", { bytes, maxBytes: limits.maxBytes });
}

const ALLOWED = "a JPEG, PNG, WebP, AVIF, GIF or TIFF";

const typeNames = {
  jpeg: "JPEG",
  png: "PNG",
  webp: "WebP",
  avif: "AVIF",
  gif: "GIF",
  tiff: "TIFF",
} satisfies Record<SourceType, string>;

/** Rounded up, so that a file just over the limit does not read as equal to it. */
const megabytes = (bytes: number) => Math.ceil((bytes / 1024 ** 2) * 10) / 10;
const megapixels = (pixels: number) => Math.ceil(pixels / 1e5) / 10;
