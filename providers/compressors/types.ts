import type { Format, Level } from "../../handlers/record.ts";

/** A level with its pixels: raw interleaved 8-bit sRGB, frames one below the other. */
export interface Pixels extends Level {
  readonly data: Buffer;
}

export interface Encoded {
  readonly bytes: Buffer;
  /** What made it, such as `sharp jpeg q78` or `tinify`. */
  readonly method: string;
}

export interface Compressor {
  readonly name: string;
  /** The smallest file it can make of these pixels in this format, without metadata. */
  compress(pixels: Pixels, format: Format): Promise<Encoded>;
}
