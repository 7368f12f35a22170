import type { AvifOptions, GifOptions, JpegOptions, PngOptions, WebpOptions } from "sharp";
import type { CompressionOptions } from "../../options.ts";

export type Preset = CompressionOptions["preset"];

/** How sharp is asked for each format; `quality` is part of a rendition's method, so it is always there where a format knows it. */
export interface EncoderSettings {
  readonly jpeg: JpegOptions & { readonly quality: number };
  readonly png: PngOptions;
  readonly gif: GifOptions;
  readonly webp: WebpOptions & { readonly quality: number };
  readonly avif: AvifOptions & { readonly quality: number };
}

/**
 * One row a preset: they differ in the time they spend, the quality asked for is the same. Chosen
 * by encoding photographs at 640 and 1280 px; docs/performance.md shows what each entry takes.
 *
 * - JPEG: quality 78 of quantisation table 3 takes 4–12 % off the bytes of sharp's default (80, its own table and
 *   optimised Huffman tables) in less than half the time. Optimised Huffman tables double the 6 ms of an encode for
 *   1–4 % of a detailed picture and 15 % of a smooth one; MozJPEG takes 12–17 % off for about ten times the time.
 * - WebP: effort 2 is where the curve bends; 4 doubles the time for 3–5 %.
 * - AVIF: effort 0 takes 20–40 % off WebP's bytes in not much more than its time; 3 takes 8–20 %
 *   more off for six to ten times the time, and 4, sharp's default, costs seconds.
 * - PNG never gets `effort` or `quality`: either turns on a lossy palette.
 * - GIF: effort 10 takes 4–14 % off the bytes of 4 for two to five times the time.
 */
export const presets: Readonly<Record<Preset, EncoderSettings>> = {
  fast: {
    jpeg: { quality: 78, quantisationTable: 3, optimiseCoding: false },
    png: { compressionLevel: 4 },
    gif: { effort: 4 },
    webp: { quality: 78, effort: 0 },
    avif: { quality: 50, effort: 0 },
  },
  balanced: {
    jpeg: { quality: 78, quantisationTable: 3, optimiseCoding: false },
    png: { compressionLevel: 6 },
    gif: { effort: 4 },
    webp: { quality: 78, effort: 2 },
    avif: { quality: 50, effort: 0 },
  },
  smallest: {
    jpeg: { quality: 78, mozjpeg: true },
    png: { compressionLevel: 9 },
    gif: { effort: 10 },
    webp: { quality: 78, effort: 5 },
    avif: { quality: 50, effort: 3 },
  },
};

/** What a compressor elsewhere is given to work from: so good that its own loss is the only one to be seen. */
export const master: EncoderSettings = {
  jpeg: { quality: 95, chromaSubsampling: "4:4:4" },
  png: { compressionLevel: 6 },
  gif: { effort: 4 },
  webp: { quality: 95, effort: 2 },
  avif: { quality: 80, effort: 0 },
};
