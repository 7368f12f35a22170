import type { RenditionOptions } from "../../options.ts";
import type { BaseFormat, Format } from "../record.ts";

export interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Share of the picture's own size; 1 is full size. */
  readonly scale: number;
  /** Published in every format asked for, and moving when the picture does; the others are still and in one format. */
  readonly responsive: boolean;
}

/**
 * The sizes made of a picture: `w150`, `h150`, `box50` and one for each responsive width. Nothing
 * is enlarged: the small ones keep a smaller picture's own size, and the responsive widths above
 * the picture's become one at its own width. No side is ever 0, however narrow the picture.
 */
export function sizesOf(
  picture: { readonly width: number; readonly height: number },
  widths: readonly number[],
): Size[] {
  const size = (name: string, wanted: number, responsive: boolean): Size => {
    const scale = Math.min(1, wanted);
    const side = (own: number) => Math.max(1, Math.round(own * scale));
    return { name, width: side(picture.width), height: side(picture.height), scale, responsive };
  };
  const reached = new Set(widths.map((width) => Math.min(width, picture.width)));
  const responsive = [...reached].map((width) => size(`w${width}`, width / picture.width, true));
  const small = [
    size("w150", 150 / picture.width, false),
    size("h150", 150 / picture.height, false),
    size("box50", 50 / Math.max(picture.width, picture.height), false),
  ];
  const taken = new Set(responsive.map(({ name }) => name));
  // A responsive width of 150 is the same picture as w150: it stands for both.
  return [...small.filter(({ name }) => !taken.has(name)), ...responsive.sort((a, b) => a.scale - b.scale)];
}

/** Most pixels of one animated level, all its frames together. */
export const ANIMATION_BUDGET = 40_000_000;

/**
 * Which sizes of an animation move, and what is said of those that cannot: a level whose frames
 * together exceed the budget is left out, and when that leaves none, the picture becomes its first
 * frame in every size.
 */
export function withinBudget(sizes: readonly Size[], frames: number): { moving: Size[]; still: Size[]; note?: string } {
  if (frames === 1) return { moving: [], still: [...sizes] };
  const responsive = sizes.filter((size) => size.responsive);
  const moving = responsive.filter(({ width, height }) => width * height * frames <= ANIMATION_BUDGET);
  const rule = `${frames} frames would exceed ${ANIMATION_BUDGET / 1e6} megapixels`;
  if (moving.length === 0)
    return { moving, still: [...sizes], note: `Reduced to its first frame: at every width ${rule}.` };
  const left = responsive.filter((size) => !moving.includes(size)).map(({ name }) => name);
  const note = left.length > 0 ? `The animation was not made at ${left.join(", ")}: there ${rule}.` : undefined;
  return { moving, still: sizes.filter((size) => !size.responsive), note };
}

/** Longest side of WebP, and of AVIF within one picture. */
const MAX_SIDE = 16_383;

/**
 * The formats a level is published in, the base format first: all asked for when it is responsive,
 * else the base format alone. An animation has no AVIF (sharp writes none), and a level with a side
 * over 16383 has neither WebP nor AVIF. A level that would be left without any gets the base format.
 */
export function formatsOf(size: Size, base: BaseFormat, moves: boolean, asked: RenditionOptions["formats"]): Format[] {
  if (!size.responsive) return [base];
  const long = Math.max(size.width, size.height) > MAX_SIDE;
  const others = asked.filter((format) => format !== "jpeg" && !long && !(moves && format === "avif"));
  return asked.includes("jpeg") || others.length === 0 ? [base, ...others] : others;
}
