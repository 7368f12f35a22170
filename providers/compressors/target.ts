import sharp from "sharp";
import type { Format } from "../../handlers/record.ts";
import { likenessTo } from "./likeness.ts";
import type { EncoderSettings } from "./presets.ts";
import type { Encoded, Pixels } from "./types.ts";

type Encode = (pixels: Pixels, format: Format, settings: EncoderSettings) => Promise<Encoded>;
type Lossy = "jpeg" | "webp" | "avif";

/**
 * The likeness that is enough, in decibels, and between which qualities it is looked for: about what the fixed qualities
 * give the photographs that suit them least. Below the lower bound colour suffers, which the measure does not see.
 */
const targets: Readonly<Record<Lossy, { readonly decibels: number; readonly least: number; readonly most: number }>> = {
  jpeg: { decibels: 14.6, least: 50, most: 90 },
  webp: { decibels: 14.4, least: 50, most: 90 },
  avif: { decibels: 12.6, least: 35, most: 65 },
};

const tries = 4;
/** Most pixels of a size that is tried; larger ones take the quality of the size before. */
const tried = 1_300_000;

/**
 * Encodes one picture's sizes, smallest first, at the lowest quality that is like enough. A few tries by secant on each
 * size up to 1.3 megapixels; what is larger takes the last one's quality, or is tried itself where there was none.
 */
export function targetEncoder(encode: Encode, settings: EncoderSettings) {
  const found = new Map<Lossy, number>();
  return async (pixels: Pixels, format: Lossy): Promise<Encoded> => {
    const known = found.get(format);
    if (known !== undefined && pixels.width * pixels.height > tried)
      return encode(pixels, format, at(settings, format, known));
    const { quality, made } = await search(encode, pixels, format, settings);
    found.set(format, quality);
    return made;
  };
}

interface Try {
  readonly quality: number;
  readonly decibels: number;
  readonly made: Encoded;
}

/** Of the qualities tried, the lowest that is like enough, or else the highest. */
async function search(encode: Encode, pixels: Pixels, format: Lossy, settings: EncoderSettings): Promise<Try> {
  const { decibels, least, most } = targets[format];
  const likeness = likenessTo(pixels);
  const done: Try[] = [];
  let quality = settings[format].quality;
  while (done.length < tries && done.every((one) => one.quality !== quality)) {
    const made = await encode(pixels, format, at(settings, format, quality));
    const data = await sharp(made.bytes).removeAlpha().raw().toBuffer();
    done.push({ quality, decibels: likeness({ ...pixels, data }), made });
    quality = Math.min(most, Math.max(least, Math.ceil(next(done, decibels))));
  }
  const [lowest] = done.filter((one) => one.decibels >= decibels).toSorted((a, b) => a.quality - b.quality);
  return lowest ?? (done.toSorted((a, b) => b.quality - a.quality)[0] as Try);
}

/** Where the line through the two nearest tries meets the target; after the first, by what a step of quality commonly gives. */
function next(done: readonly Try[], decibels: number): number {
  const [a, b] = done.toSorted((x, y) => Math.abs(x.decibels - decibels) - Math.abs(y.decibels - decibels)) as [
    Try,
    Try?,
  ];
  const rise = b && b.quality !== a.quality ? (b.decibels - a.decibels) / (b.quality - a.quality) : usual;
  // Flat or falling between two near qualities is noise of the encoder.
  return a.quality + (decibels - a.decibels) / Math.max(rise, usual / 4);
}

/** Decibels for a step of quality. */
const usual = 0.12;

const at = (settings: EncoderSettings, format: Lossy, quality: number): EncoderSettings => ({
  ...settings,
  [format]: { ...settings[format], quality },
});
