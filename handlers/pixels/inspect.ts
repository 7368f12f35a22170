import { createHash } from "node:crypto";
import type { LimitOptions } from "../../options.ts";
import type { Reason, Seen } from "../record.ts";
import { look } from "./look.ts";
import { reason, tooLarge } from "./reasons.ts";
import { DecodeError, decode, type Header, type Raw, readHeader } from "./sharp.ts";
import { sniff } from "./sniff.ts";

export type Inspection =
  | {
      readonly verdict: "accept";
      readonly seen: Omit<Seen, "original">;
      /** The file has stray bytes that were read over, as some phones write them. */
      readonly lenient: boolean;
    }
  | {
      readonly verdict: "reject";
      readonly reason: Reason;
      /** As far as they were found out before the refusal. */
      readonly type?: string;
      readonly width?: number;
      readonly height?: number;
    };

/**
 * Would this file be taken as a picture? Decides by content: type, then the header against the
 * limits, and only then a decode of every byte, at a small size. Bytes appended after the picture
 * do not matter, as no output is made of them. Never throws for what a file contains.
 */
export async function inspect(bytes: Buffer, limits: LimitOptions): Promise<Inspection> {
  if (bytes.length === 0) return { verdict: "reject", reason: reason("EMPTY") };
  const large = tooLarge(bytes.length, limits);
  if (large) return { verdict: "reject", reason: large };
  const found = sniff(bytes);
  if ("refused" in found) return { verdict: "reject", reason: found.refused };
  let header: Header | undefined;
  try {
    header = await readHeader(bytes, found.type);
    const { type, width, height, frames } = header;
    const over = overLimit(header, limits);
    if (over) return { verdict: "reject", reason: over, type, width, height };
    const { small, lenient } = await decodeOnce(bytes, header, limits.seconds);
    const contentHash = createHash("sha256").update(bytes).digest("hex");
    return {
      verdict: "accept",
      seen: { format: type, width, height, frames, contentHash, ...(await look(small)) },
      lenient,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { verdict: "reject", reason: error.reason, type: found.type, width: header?.width, height: header?.height };
  }
}

/** JPEG's longest side in libjpeg: no format that every browser shows goes further. */
const MAX_SIDE = 65_500;

function overLimit({ width, height, frames }: Header, limits: LimitOptions): Reason | undefined {
  const { maxPixels, maxFrames, maxFramePixels } = limits;
  if (width * height > maxPixels) return reason("TOO_MANY_PIXELS", { width, height, maxPixels });
  if (Math.max(width, height) > MAX_SIDE) return reason("TOO_LONG", { width, height, maxSide: MAX_SIDE });
  if (frames > maxFrames) return reason("TOO_MANY_FRAMES", { frames, maxFrames });
  if (frames > 1 && width * height * frames > maxFramePixels)
    return reason("TOO_MANY_FRAME_PIXELS", { width, height, frames, maxFramePixels });
}

/** Every frame, so that damage anywhere is seen; once more, leniently, for JPEGs that are only odd. */
async function decodeOnce(bytes: Buffer, header: Header, seconds: number): Promise<{ small: Raw; lenient: boolean }> {
  const side = header.frames > 1 ? 64 : 256;
  const request = {
    frames: header.frames,
    width: side,
    height: side,
    fit: "inside",
    coarse: true,
    alpha: "as is",
    seconds,
  } as const;
  try {
    return { small: await decode(bytes, header, { ...request, lenient: false }), lenient: false };
  } catch (error) {
    if (!(error instanceof DecodeError && error.code === "ODD")) throw error;
    return { small: await decode(bytes, header, { ...request, lenient: true }), lenient: true };
  }
}
