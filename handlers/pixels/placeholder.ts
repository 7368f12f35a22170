import { rgbaToThumbHash } from "thumbhash";
import type { Resized } from "../record.ts";
import type { Raw } from "./sharp.ts";

/** ThumbHash (base64) and average colour (`#rrggbb`) of a still picture of at most 100 × 100. */
export function placeholderOf(small: Raw): Pick<Resized, "placeholder" | "colour"> {
  const rgba = toRgba(small);
  const hash = rgbaToThumbHash(small.width, small.height, rgba);
  return { placeholder: Buffer.from(hash).toString("base64"), colour: average(rgba) };
}

function toRgba({ data, channels, width, height }: Raw): Uint8Array {
  if (channels === 4) return data;
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) rgba.set(data.subarray(from, from + 3), to);
  return rgba;
}

/** Weighed by alpha; a picture of nothing is white. */
function average(rgba: Uint8Array): string {
  const sums = [0, 0, 0];
  let weight = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] as number;
    weight += alpha;
    for (let channel = 0; channel < 3; channel++) sums[channel]! += (rgba[at + channel] as number) * alpha;
  }
  if (weight === 0) return "#ffffff";
  return `#${sums
    .map((sum) =>
      Math.round(sum / weight)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
