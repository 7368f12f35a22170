import { crc32, deflateSync } from "node:zlib";
import { thumbHashToRGBA } from "thumbhash";

/**
 * A ThumbHash (base64) as a PNG data URL of at most 12 × 12 pixels and about 700 characters: a
 * browser stretches it to the same blur, for a ThumbHash knows no finer detail. The library's own
 * `thumbHashToDataURL` stores 32 × 32 uncompressed pixels, 5,000 characters in every page, and AMP
 * allows 1,000 for an inline style. Written here because sharp would be a native dependency for it.
 */
export function placeholderPng(placeholder: string): string {
  const { w, h, rgba } = thumbHashToRGBA(Buffer.from(placeholder, "base64"));
  const scale = Math.min(1, side / Math.max(w, h));
  const width = Math.max(1, Math.round(w * scale));
  const height = Math.max(1, Math.round(h * scale));
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(((y + 0.5) * h) / height) * w + Math.floor(((x + 0.5) * w) / width)) * 4;
      rows.set(rgba.subarray(from, from + 4), y * (1 + width * 4) + 1 + x * 4);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8); // 8 bits, RGBA
  const png = Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}

const side = 12;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(12 + data.length);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  framed.set(data, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + data.length)), 8 + data.length);
  return framed;
}
