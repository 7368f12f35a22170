import sharp from "sharp";
import type { Format } from "../../handlers/record.ts";
import type { CompressionOptions } from "../../options.ts";
import { type EncoderSettings, type Preset, presets } from "./presets.ts";
import { targetEncoder } from "./target.ts";
import type { Compressor, Encoded, Pixels } from "./types.ts";

/**
 * sharp's own encoders. Raw pixels carry no metadata and none is added. A still format gets an
 * animation's first frame; JPEG gets transparency laid on white.
 */
export function sharpCompressor({ preset, quality = "fixed" }: SharpOptions): Compressor {
  const settings = presets[preset];
  const toTarget = quality === "target" ? targetEncoder(encode, settings) : undefined;
  return {
    name: "sharp",
    async compress(pixels, format) {
      const lossy = format === "jpeg" || format === "webp" || format === "avif";
      const { bytes, method } =
        toTarget && lossy && isPhotograph(pixels)
          ? await toTarget(pixels, format)
          : await encode(pixels, format, settings);
      return { bytes, method: `sharp ${method} ${preset}` };
    },
  };
}

export interface SharpOptions {
  readonly preset: Preset;
  /** `target` makes it a compressor of one picture, whose sizes come smallest first. @default "fixed" */
  readonly quality?: CompressionOptions["quality"];
}

/**
 * One encode; `method` names format and quality, such as `webp q78`. Where two ways could be the
 * smaller one, both are tried and the smaller file is kept.
 */
export async function encode(pixels: Pixels, format: Format, settings: EncoderSettings): Promise<Encoded> {
  switch (format) {
    case "jpeg": {
      const opaque = pixels.channels === 4 ? open(pixels).flatten({ background: "#fff" }) : open(pixels);
      return { bytes: await opaque.jpeg(settings.jpeg).toBuffer(), method: `jpeg q${settings.jpeg.quality}` };
    }
    case "png":
      return smallest([png(pixels, settings), exactPalette(pixels)]);
    case "gif":
      return {
        bytes: await open(pixels, "animated")
          .gif({ ...settings.gif, ...playback(pixels) })
          .toBuffer(),
        method: "gif",
      };
    case "webp":
      return smallest([lossyWebp(pixels, settings), isGraphic(pixels) ? losslessWebp(pixels, settings) : undefined]);
    case "avif": {
      // Coloured lettering blurs when its colour is halved; photographs do not show it.
      const chromaSubsampling = isGraphic(pixels) ? "4:4:4" : "4:2:0";
      return {
        bytes: await open(pixels)
          .avif({ ...settings.avif, chromaSubsampling })
          .toBuffer(),
        method: `avif q${settings.avif.quality}`,
      };
    }
    default:
      throw new Error(
        `FORMAT_UNKNOWN: expected jpeg, png, gif, webp or avif, but ${format satisfies never} came. Mend what makes the levels.`,
      );
  }
}

const png = async (pixels: Pixels, { png: options }: EncoderSettings): Promise<Encoded> => ({
  // Filters help what varies from pixel to pixel and spoil the long runs of a graphic.
  bytes: await open(pixels)
    .png({ ...options, adaptiveFiltering: !isGraphic(pixels) })
    .toBuffer(),
  method: "png",
});

/** A palette PNG, but only where it decodes to the very same pixels. */
async function exactPalette(pixels: Pixels): Promise<Encoded | undefined> {
  if (!hasFewColours(pixels)) return undefined;
  const bytes = await open(pixels).png({ palette: true, quality: 100, dither: 0, compressionLevel: 9 }).toBuffer();
  const back = await (pixels.channels === 4 ? sharp(bytes).ensureAlpha() : sharp(bytes).removeAlpha()).raw().toBuffer();
  return looksTheSame(firstFrame(pixels), back, pixels.channels) ? { bytes, method: "png palette" } : undefined;
}

const lossyWebp = async (pixels: Pixels, { webp }: EncoderSettings): Promise<Encoded> => ({
  bytes: await open(pixels, "animated")
    .webp({ ...webp, ...playback(pixels) })
    .toBuffer(),
  method: `webp q${webp.quality}`,
});

const losslessWebp = async (pixels: Pixels, { webp }: EncoderSettings): Promise<Encoded> => ({
  bytes: await open(pixels)
    .webp({ ...webp, lossless: true })
    .toBuffer(),
  method: "webp lossless",
});

async function smallest(candidates: readonly (Promise<Encoded | undefined> | undefined)[]): Promise<Encoded> {
  const made = (await Promise.all(candidates)).filter((candidate) => candidate !== undefined);
  return made.reduce((best, next) => (next.bytes.length < best.bytes.length ? next : best));
}

function open(pixels: Pixels, motion: "still" | "animated" = "still") {
  const { width, height, channels, frames, data } = pixels;
  if (motion === "still" || frames === 1) return sharp(firstFrame(pixels), { raw: { width, height, channels } });
  return sharp(data, { raw: { width, height: height * frames, channels, pageHeight: height } });
}

const firstFrame = ({ data, width, height, channels }: Pixels) => data.subarray(0, width * height * channels);

const playback = ({ frames, delay, loop }: Pixels) => (frames > 1 ? { delay: [...delay], loop } : {});

/**
 * A still drawing, chart or screenshot: its source was not a JPEG, and half of its pixels equal
 * the one to their left. A lossless WebP of these can be a quarter of the lossy one, while on a
 * photograph the try alone would cost a second.
 */
function isGraphic(pixels: Pixels): boolean {
  if (pixels.formats[0] === "jpeg" || pixels.frames > 1) return false;
  const { data, channels } = pixels;
  let equal = 0;
  for (let i = channels; i < data.length; i += channels) {
    let same = true;
    for (let c = 0; same && c < channels; c++) same = data[i + c] === data[i + c - channels];
    if (same) equal++;
  }
  return equal * channels * 2 >= data.length;
}

const isPhotograph = (pixels: Pixels) => pixels.channels === 3 && pixels.frames === 1 && !isGraphic(pixels);

/** At most 256 colours. A photograph answers within its first rows. */
function hasFewColours(pixels: Pixels): boolean {
  const { channels } = pixels;
  const data = firstFrame(pixels);
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += channels) {
    seen.add(channels === 4 ? data.readUInt32BE(i) : data.readUIntBE(i, 3));
    if (seen.size > 256) return false;
  }
  return true;
}

/** Equal, but for the colour of what cannot be seen at all. */
function looksTheSame(a: Buffer, b: Buffer, channels: 3 | 4): boolean {
  if (a.equals(b)) return true;
  if (channels === 3 || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 4) {
    const pixel = a.readUInt32BE(i);
    if (pixel !== b.readUInt32BE(i) && ((pixel & 0xff) !== 0 || b[i + 3] !== 0)) return false;
  }
  return true;
}
