import type { LimitOptions, RenditionOptions } from "../../options.ts";
import type { Pixels } from "../../providers/compressors/types.ts";
import type { BaseFormat, Resized, Seen } from "../record.ts";
import { formatsOf, type Size, sizesOf, withinBudget } from "./levels.ts";
import { placeholderOf } from "./placeholder.ts";
import { decode, type Header, type Raw, readHeader, SCALING, shrink } from "./sharp.ts";

export type ResizeInput = Pick<Seen, "format" | "width" | "height" | "frames" | "hasAlpha">;

/**
 * All levels of a picture that was accepted, as raw pixels: upright, in sRGB, without metadata.
 *
 * One decode, to the largest size needed, then a cascade in which a level is made from the smallest
 * one at least twice its size, or else from the largest. An animation adds a decode of its first
 * frame, of which the small levels are made; its responsive levels move, within a budget (see levels.ts).
 *
 * Base format: GIF for what moves, PNG where there is alpha, PNG for graphics (a PNG, GIF or TIFF
 * in which more than half of the pixels equal their left neighbour), JPEG for everything else.
 * Still levels of an animation follow the same rule as a still picture.
 *
 * @throws DecodeError `TOO_SLOW`, or `CORRUPT` / `TRUNCATED` for bytes that `inspect` has not accepted.
 */
export async function resize(
  bytes: Buffer,
  seen: ResizeInput,
  options: Pick<RenditionOptions, "widths" | "formats">,
  limits: Pick<LimitOptions, "seconds">,
): Promise<{ resized: Resized; pixels: Pixels[] }> {
  const header = await readHeader(bytes, seen.format);
  const { moving, still, note } = withinBudget(sizesOf(seen, options.widths), seen.frames);
  const make = (sizes: readonly Size[], frames: number) =>
    cascade(sizes, (width, height) => decodeTo(bytes, header, { width, height, frames, seen, limits }));

  const stills = await make(still, 1);
  const stillBase = stillFormat(seen, largest(stills));
  const moved = moving.length > 0 ? await make(moving, seen.frames) : [];
  const baseFormat = moving.length > 0 ? "gif" : stillBase;

  const pixels = [
    ...stills.map((made) => toPixels(made, header, formatsOf(made.size, stillBase, false, options.formats))),
    ...moved.map((made) => toPixels(made, header, formatsOf(made.size, "gif", true, options.formats))),
  ];
  const smallest = stills.reduce((a, b) => (b.size.scale < a.size.scale ? b : a));
  const levels = pixels.map(({ data: _, ...level }) => level);
  return { resized: { scaling: SCALING, baseFormat, levels, ...placeholderOf(smallest.raw), note }, pixels };
}

interface Made {
  readonly size: Size;
  readonly raw: Raw;
}

/** Answers in the order of `sizes`. */
async function cascade(
  sizes: readonly Size[],
  decodeTop: (width: number, height: number) => Promise<Raw>,
): Promise<Made[]> {
  const [top, ...rest] = [...sizes].sort((a, b) => b.scale - a.scale) as [Size, ...Size[]];
  const first: Made = { size: top, raw: await decodeTop(top.width, top.height) };
  const made = [first];
  for (const size of rest) {
    const from = made.findLast((larger) => larger.size.scale >= 2 * size.scale) ?? first;
    const same = made.find((other) => other.size.scale === size.scale);
    made.push({ size, raw: same?.raw ?? (await shrink(from.raw, size.width, size.height)) });
  }
  return sizes.map((size) => made.find((one) => one.size === size) as Made);
}

interface Target {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly seen: ResizeInput;
  readonly limits: Pick<LimitOptions, "seconds">;
}

function decodeTo(bytes: Buffer, header: Header, { width, height, frames, seen, limits }: Target): Promise<Raw> {
  return decode(bytes, header, {
    frames,
    width,
    height,
    fit: "exact",
    coarse: false,
    alpha: seen.hasAlpha ? "keep" : "drop",
    // inspect decided whether this picture's oddities may pass.
    lenient: true,
    seconds: limits.seconds,
  });
}

function stillFormat(seen: ResizeInput, { raw }: Made): Exclude<BaseFormat, "gif"> {
  const graphic = ["png", "gif", "tiff"].includes(seen.format) && flatShare(raw) > 0.5;
  return seen.hasAlpha || graphic ? "png" : "jpeg";
}

/** Share of pixels that equal their left neighbour, over some 200 rows; 1 where there are no neighbours. */
function flatShare({ data, width, height, channels }: Raw): number {
  let pairs = 0;
  let equal = 0;
  for (let row = 0; row < height; row += Math.ceil(height / 200)) {
    for (let at = (row * width + 1) * channels; at < (row + 1) * width * channels; at += channels) {
      pairs += 1;
      if ([0, 1, 2].every((channel) => data[at + channel] === data[at - channels + channel])) equal += 1;
    }
  }
  return pairs === 0 ? 1 : equal / pairs;
}

const largest = (made: readonly Made[]) => made.reduce((a, b) => (b.size.scale > a.size.scale ? b : a));

function toPixels({ size, raw }: Made, header: Header, formats: Pixels["formats"]): Pixels {
  const { data, width, height, channels, frames } = raw;
  const { delay, loop } = frames > 1 ? header : { delay: [], loop: 0 };
  return { name: size.name, width, height, channels, frames, delay, loop, formats, data };
}
