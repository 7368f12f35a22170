import sharp, { type Sharp } from "sharp";
import type { Reason, SourceType } from "../record.ts";
import { reason } from "./reasons.ts";
import { endsEarly } from "./truncated.ts";

/**
 * The only door to libvips for bytes from outside. Importing it configures sharp for the whole
 * process: six loaders that read from memory, no cache, one thread a picture (two pictures in
 * flight use two cores better than one picture on two threads).
 */
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((loader) => `VipsForeignLoad${loader}Buffer`),
});
sharp.cache(false);
sharp.concurrency(1);

/** What a file says of itself before any pixel is decoded. Only GIF and WebP have more than one frame here. */
export interface Header {
  readonly type: SourceType;
  /** Of one frame, upright. The orientation tag of an animation is not applied: libvips cannot turn one. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Milliseconds of each frame; empty for a still picture. */
  readonly delay: readonly number[];
  /** 0 is for ever. */
  readonly loop: number;
  /** 16-bit RGB with an ICC profile, which libvips works on in P3 instead of sRGB. */
  readonly wideWorking: boolean;
  /** 8-bit RGB with an ICC profile: its transform can wait until the picture is small. */
  readonly profiled: boolean;
}

/** Raw interleaved 8-bit sRGB, frames one below the other. */
export interface Raw {
  readonly data: Buffer;
  readonly width: number;
  /** Of one frame. */
  readonly height: number;
  readonly channels: 3 | 4;
  readonly frames: number;
}

export interface DecodeRequest {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** `inside` keeps the aspect and never enlarges; `exact` gives these very sides. */
  readonly fit: "inside" | "exact";
  /** Lets JPEG and WebP decode coarsely near the size asked for: less work, less faithful. */
  readonly coarse: boolean;
  /** Whether to keep an alpha channel. */
  readonly alpha: "keep" | "drop" | "as is";
  /** Read on over what a JPEG decoder only warns of. Ignored for other types. */
  readonly lenient: boolean;
  readonly seconds: number;
}

/** `ODD`: a JPEG with stray bytes, as some phones write them, that a lenient decode may read. */
export type DecodeErrorCode = "TRUNCATED" | "CORRUPT" | "TOO_SLOW" | "ODD";

export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly code: DecodeErrorCode;
  readonly reason: Reason;
  constructor(code: DecodeErrorCode, reason: Reason, options?: ErrorOptions) {
    super(`${code}: ${reason.sentence}`, options);
    this.code = code;
    this.reason = reason;
  }
}

/** @throws DecodeError */
export async function readHeader(bytes: Buffer, type: SourceType): Promise<Header> {
  const found = await sharp(bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(bytes, type, cause);
    });
  // libvips counts the frames it finds: an animation cut in the middle would pass as a shorter one.
  if (type === "gif" && endsEarly(bytes, type)) throw damaged(bytes, type, undefined);
  const frames = type === "gif" || type === "webp" ? (found.pages ?? 1) : 1;
  const { width, height } = frames > 1 ? found : found.autoOrient;
  return {
    type,
    width,
    height,
    frames,
    delay: frames > 1 ? Array.from({ length: frames }, (_, frame) => found.delay?.[frame] ?? 100) : [],
    loop: found.loop ?? 0,
    wideWorking: found.space === "rgb16" && found.hasProfile,
    profiled: found.space === "srgb" && found.depth === "uchar" && found.hasProfile,
  };
}

/** Decodes every byte of a picture, turned upright and in sRGB through its ICC profile. @throws DecodeError */
export async function decode(bytes: Buffer, header: Header, request: DecodeRequest): Promise<Raw> {
  const image = pipeline(bytes, header, request);
  const started = performance.now();
  try {
    return await toRaw(image, request.frames);
  } catch (cause) {
    const { type } = header;
    const { seconds } = request;
    if (performance.now() - started >= seconds * 1000)
      throw new DecodeError("TOO_SLOW", reason("TOO_SLOW", { type, seconds }), { cause });
    throw damaged(bytes, type, cause);
  }
}

/** Shrinks raw pixels, each frame by itself so that none bleeds into the next. */
export async function shrink(from: Raw, width: number, height: number): Promise<Raw> {
  const size = from.data.length / from.frames;
  const frames: Buffer[] = [];
  for (let frame = 0; frame < from.frames; frame++) {
    const image = sharp(from.data.subarray(frame * size, (frame + 1) * size), {
      raw: { width: from.width, height: from.height, channels: from.channels },
      limitInputPixels: false,
    });
    frames.push(await image.resize(width, height, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer());
  }
  const data = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
  return { data, width, height, channels: from.channels, frames: from.frames };
}

/** The method of scaling, for the record. */
export const SCALING = `lanczos3 from one decode, each level from one at least twice its size (libvips ${sharp.versions.vips})`;

function pipeline(bytes: Buffer, header: Header, request: DecodeRequest): Sharp {
  const image = sharp(bytes, {
    pages: request.frames,
    autoOrient: header.frames === 1,
    // sharp transforms before it scales, which for 12 megapixels costs more than their decode; withIccProfile does it after.
    ignoreIcc: header.profiled,
    failOn: header.type === "jpeg" && request.lenient ? "error" : "warning",
    // The header's own word: a decoder that finds more than it said has been lied to.
    limitInputPixels: header.width * header.height * request.frames,
  })
    .timeout({ seconds: request.seconds })
    .resize(request.width, request.height, {
      ...(request.fit === "exact" ? { fit: "fill" } : { fit: "inside", withoutEnlargement: true }),
      kernel: "lanczos3",
      fastShrinkOnLoad: request.coarse,
    })
    .toColourspace("srgb");
  if (header.wideWorking || header.profiled) image.withIccProfile("srgb");
  if (request.alpha === "keep") image.ensureAlpha();
  if (request.alpha === "drop") image.removeAlpha();
  return image;
}

async function toRaw(image: Sharp, frames: number): Promise<Raw> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height / frames, channels: info.channels === 4 ? 4 : 3, frames };
}

// libjpeg gives no codes, only these texts, unchanged since the 1990s: what it warns of when no pixel is lost.
const HARMLESS = /extraneous bytes|Invalid SOS parameters|JFIF revision|Adobe color transform/;

function damaged(bytes: Buffer, type: SourceType, cause: unknown): DecodeError {
  if (endsEarly(bytes, type)) return new DecodeError("TRUNCATED", reason("TRUNCATED", { type }), { cause });
  const odd = type === "jpeg" && cause instanceof Error && HARMLESS.test(cause.message);
  return new DecodeError(odd ? "ODD" : "CORRUPT", reason("CORRUPT", { type }), { cause });
}
