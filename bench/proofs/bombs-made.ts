import { deflateSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import { animation, chunk, oneBitPng } from "../../tests/fixtures/odd-pictures.ts";

/**
 * Small files that ask for a great deal: of pixels, frames, scans or text. Some are refused by their
 * header; those within the limits have to be decoded whole, and cost the most.
 */
export const bombs: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  "pixels-900-megapixels.png": () => oneBitPng(30_000, 30_000),
  "pixels-49-megapixels-interlaced-16-bit.png": () => interlacedPng(7000, 7000),
  "profile-256-megabytes.png": () => pngWith([chunk("iCCP", named("bomb", deflateSync(Buffer.alloc(256 << 20))))]),
  "text-64-megabytes-each.png": () => {
    const text = chunk("zTXt", named("bomb", deflateSync(Buffer.alloc(64 << 20))));
    return pngWith(Array<Buffer>(100).fill(text));
  },
  "text-chunks-200000.png": () => pngWith(Array<Buffer>(200_000).fill(chunk("tEXt", Buffer.from("a\0b")))),
  "pixels-49-megapixels-progressive.jpg": progressiveJpeg,
  "scans-2000.jpg": async () => scanned(await progressiveJpeg(), 2000),
  "header-lies.jpg": async () => jpegSaying(await flat(64, 64).jpeg().toBuffer(), 65_500, 700),
  "frames-20000.gif": () => gif(1, 1, 20_000),
  "frames-300-of-max-canvas.gif": () => gif(816, 816, 300),
  "frames-300-of-max-canvas.webp": async () => onCanvas(await animation(16, 16, 300), 816, 816),
  "canvas-49-megapixels.gif": () => gif(7000, 7000, 1),
  "pixels-49-megapixels-alpha.avif": () =>
    flat(7000, 7000).ensureAlpha(0.5).avif({ effort: 0, chromaSubsampling: "4:4:4" }).toBuffer(),
  "pixels-49-megapixels.webp": () => flat(7000, 7000).webp({ effort: 0, lossless: true }).toBuffer(),
  "pixels-49-megapixels-one-strip.tif": () =>
    flat(7000, 7000).tiff({ compression: "deflate", tile: true, tileWidth: 4096, tileHeight: 4096 }).toBuffer(),
  "packed-1-gigabyte.png": () => gzipSync(Buffer.alloc(1 << 30)),
};

const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: "#37a" } });

function progressiveJpeg(): Promise<Buffer> {
  return flat(7000, 7000).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** The last scan of a progressive JPEG again and again: each is a walk over all coefficients. */
function scanned(jpeg: Buffer, times: number): Buffer {
  const at = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = jpeg.subarray(at, jpeg.length - 2);
  return Buffer.concat([jpeg.subarray(0, at), ...Array<Buffer>(times).fill(scan), jpeg.subarray(-2)]);
}

/** A baseline JPEG whose frame header says another size. */
function jpegSaying(jpeg: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(jpeg);
  const at = lying.indexOf(Buffer.from([0xff, 0xc0]));
  lying.writeUInt16BE(height, at + 5);
  lying.writeUInt16BE(width, at + 7);
  return lying;
}

/** An animated WebP on a larger canvas. */
function onCanvas(webp: Buffer, width: number, height: number): Buffer {
  const larger = Buffer.from(webp);
  larger.writeUIntLE(width - 1, 24, 3);
  larger.writeUIntLE(height - 1, 27, 3);
  return larger;
}

/** A canvas of which every frame changes one pixel. */
function gif(width: number, height: number, frames: number): Buffer {
  const head = Buffer.from("47494638396100000000800000000000ffffff", "hex");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const frame = Buffer.from(`21f9040405000000${"2c00000000010001000002024401"}00`, "hex");
  return Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from(";")]);
}

const named = (name: string, compressed: Buffer) => Buffer.concat([Buffer.from(`${name}\0\0`), compressed]);

/** A small PNG with these chunks before its pixels. */
function pngWith(chunks: readonly Buffer[]): Buffer {
  const png = oneBitPng(8, 8);
  return Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
}

/** All black, in the seven passes of Adam7, which a decoder has to hold whole. */
function interlacedPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, 6, 0, 0, 1], 8);
  const passes = [
    [0, 8, 0, 8],
    [4, 8, 0, 8],
    [0, 4, 4, 8],
    [2, 4, 0, 4],
    [0, 2, 2, 4],
    [1, 2, 0, 2],
    [0, 1, 1, 2],
  ] as const;
  const bytes = passes.reduce(
    (sum, [x, dx, y, dy]) => sum + Math.ceil((height - y) / dy) * (1 + 8 * Math.ceil((width - x) / dx)),
    0,
  );
  const png = oneBitPng(8, 8);
  return Buffer.concat([
    png.subarray(0, 8),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(bytes))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
