import type { SourceType } from "../record.ts";

/**
 * Whether a file stops before its own structure says it ends, so that a refusal can advise to send
 * it again. TIFF has no end to look for: always false.
 */
export function endsEarly(bytes: Buffer, type: SourceType): boolean {
  return ends[type](bytes);
}

const ends: Record<SourceType, (bytes: Buffer) => boolean> = {
  jpeg: (bytes) => bytes.lastIndexOf(END_OF_IMAGE) < startOfScan(bytes),
  png: (bytes) => bytes.lastIndexOf("IEND", undefined, "latin1") < 0,
  webp: (bytes) => bytes.length < 12 || bytes.length < bytes.readUInt32LE(4) + 8,
  gif: (bytes) => blocksEnd(bytes) > bytes.length,
  avif: (bytes) => boxesEnd(bytes) > bytes.length,
  tiff: () => false,
};

const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/** Where a JPEG's entropy-coded data begin; the file's length when it stops before. Thumbnails inside segments are stepped over. */
function startOfScan(bytes: Buffer): number {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) at += 1;
    else if (bytes[at + 1] === 0xda) return at;
    else if (bytes[at + 1] === 0xff) at += 1;
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return bytes.length;
}

/** Where the last top-level box of an ISO media file says it ends. */
function boxesEnd(bytes: Buffer): number {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at);
    // 0 means "to the end of the file"; 1 announces a 64-bit size, which no picture needs.
    if (size < 8) return bytes.length;
    at += size;
  }
  return at;
}

/** Where the last block of a GIF ends, or would. A missing trailer alone is let pass, as browsers do. */
function blocksEnd(bytes: Buffer): number {
  const table = (flags = 0) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(bytes[10]);
  while (at < bytes.length) {
    if (bytes[at] === 0x21) at += 2;
    else if (bytes[at] === 0x2c) at += 11 + table(bytes[at + 9]);
    else return at;
    for (let size = bytes[at]; size !== 0; size = bytes[at]) {
      if (size === undefined) return bytes.length + 1;
      at += 1 + size;
    }
    at += 1;
  }
  return at;
}
