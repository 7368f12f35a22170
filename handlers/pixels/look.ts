import sharp from "sharp";
import type { Seen } from "../record.ts";
import type { Raw } from "./sharp.ts";

/** What a small decode of a picture says of the whole: whether it has colour, lets the ground through, and what it resembles. */
export async function look(small: Raw): Promise<Pick<Seen, "hasAlpha" | "greyscale" | "perceptualHash">> {
  return { hasAlpha: usesAlpha(small), greyscale: lacksColour(small), perceptualHash: await differenceHash(small) };
}

/** Below it a pixel counts as see-through; single faint pixels of a large picture do not. */
const OPAQUE = 250;

function usesAlpha({ data, channels }: Raw): boolean {
  if (channels === 3) return false;
  for (let at = 3; at < data.length; at += 4) if ((data[at] as number) < OPAQUE) return true;
  return false;
}

/** How far the channels of a grey pixel may lie apart: JPEG's colour noise, not a tint. */
const TOLERANCE = 12;
/** Share of pixels that may have colour in a picture called grey, such as a stamp in a corner. */
const SHARE = 0.002;

function lacksColour({ data, channels }: Raw): boolean {
  let coloured = 0;
  for (let at = 0; at < data.length; at += channels) {
    if (channels === 4 && (data[at + 3] as number) < 128) continue;
    const [r, g, b] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    if (Math.max(r, g, b) - Math.min(r, g, b) > TOLERANCE) coloured += 1;
  }
  return coloured <= (data.length / channels) * SHARE;
}

/** 64-bit dHash of the first frame on mid-grey: each bit says that a cell is darker than its right neighbour. */
async function differenceHash({ data, width, height, channels }: Raw): Promise<string> {
  const cells = await sharp(data.subarray(0, width * height * channels), { raw: { width, height, channels } })
    .flatten({ background: "#808080" })
    .resize(9, 8, { fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  let hash = "";
  for (let row = 0; row < 8; row++) {
    let byte = 0;
    for (let column = 0; column < 8; column++) {
      const at = row * 9 + column;
      byte = (byte << 1) | Number((cells[at] as number) < (cells[at + 1] as number));
    }
    hash += byte.toString(16).padStart(2, "0");
  }
  return hash;
}
