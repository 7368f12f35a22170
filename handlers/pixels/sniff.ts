import type { Reason, SourceType } from "../record.ts";
import { reason } from "./reasons.ts";

/**
 * Tells by content what a file is. Own code because the answer decides what a native decoder may
 * see at all, and because a refusal should name what came, which libraries for types do not.
 */
export function sniff(bytes: Buffer): { readonly type: SourceType } | { readonly refused: Reason } {
  const type = takenType(bytes);
  if (type) return { type };
  const image = otherImages.find(({ is }) => is(bytes));
  if (image) return { refused: reason("UNSUPPORTED_TYPE", image) };
  return { refused: reason("NOT_AN_IMAGE", { what: otherFiles.find(({ is }) => is(bytes))?.what ?? textKind(bytes) }) };
}

function takenType(bytes: Buffer): SourceType | undefined {
  if (starts(bytes, "\xff\xd8\xff")) return "jpeg";
  if (starts(bytes, "\x89PNG")) return "png";
  if (starts(bytes, "GIF87a") || starts(bytes, "GIF89a")) return "gif";
  if (starts(bytes, "RIFF") && starts(bytes, "WEBP", 8)) return "webp";
  if (isTiff(bytes) && !isCameraTiff(bytes)) return "tiff";
  const [major, ...compatible] = brands(bytes);
  if (major !== undefined && major !== "avis" && [major, ...compatible].includes("avif")) return "avif";
}

interface Kind {
  readonly what: string;
  readonly is: (bytes: Buffer) => boolean;
  readonly advice?: string;
}

const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"];

const otherImages: readonly Kind[] = [
  {
    what: "a HEIC picture, as iPhones take them",
    is: (bytes) => HEIC_BRANDS.includes(brands(bytes)[0] ?? ""),
    advice: "An iPhone takes JPEG when Settings, Camera, Formats says Most Compatible.",
  },
  { what: "an animated AVIF", is: (bytes) => brands(bytes)[0] === "avis" },
  { what: "a JPEG 2000", is: (bytes) => starts(bytes, "\0\0\0\x0cjP  ") || starts(bytes, "\xff\x4f\xff\x51") },
  { what: "a JPEG XL", is: (bytes) => starts(bytes, "\xff\x0a") || starts(bytes, "\0\0\0\x0cJXL ") },
  { what: "a BMP", is: (bytes) => starts(bytes, "BM") && bytes.length > 26 && bytes.readUInt32LE(6) === 0 },
  { what: "an icon (ICO)", is: (bytes) => starts(bytes, "\0\0\x01\0") },
  { what: "a Photoshop document", is: (bytes) => starts(bytes, "8BPS") },
  {
    what: "a camera's RAW file",
    is: (bytes) =>
      isCameraTiff(bytes) ||
      brands(bytes)[0] === "crx " ||
      ["IIRO", "IIRS", "IIU\0", "FUJIFILMCCD-RAW"].some((magic) => starts(bytes, magic)),
  },
  { what: "an SVG drawing", is: (bytes) => textKind(bytes) === SVG },
];

const otherFiles: readonly Kind[] = [
  { what: "a PDF document", is: (bytes) => starts(bytes, "%PDF-") },
  { what: "a PostScript document", is: (bytes) => starts(bytes, "%!PS") || starts(bytes, "\xc5\xd0\xd3\xc6") },
  { what: "a video", is: (bytes) => brands(bytes).length > 0 || starts(bytes, "\x1a\x45\xdf\xa3") || isAvi(bytes) },
  { what: "a gzip archive", is: (bytes) => starts(bytes, "\x1f\x8b") },
  { what: "a ZIP archive or an office document", is: (bytes) => starts(bytes, "PK\x03\x04") },
  { what: "a Windows program", is: (bytes) => starts(bytes, "MZ") },
  { what: "a Linux program", is: (bytes) => starts(bytes, "\x7fELF") },
];

const SVG = "an SVG drawing";

/** What a file of plain text is; undefined for anything else. */
function textKind(bytes: Buffer): string | undefined {
  const head = bytes.toString("latin1", 0, 4096).replace(/^\xef\xbb\xbf/, "");
  if (head.length === 0 || /[^\t\n\f\r\x20-\x7e\x80-\xff]/.test(head)) return;
  const markup = head.trimStart().toLowerCase();
  if (!markup.startsWith("<")) return "a text file";
  if (/<(?:\w+:)?svg[\s>/]/.test(markup)) return SVG;
  return /<!doctype html|<html|<script|<body/.test(markup) ? "an HTML page" : "an XML document";
}

const starts = (bytes: Buffer, magic: string, at = 0) => bytes.toString("latin1", at, at + magic.length) === magic;
const isAvi = (bytes: Buffer) => starts(bytes, "RIFF") && starts(bytes, "AVI ", 8);

/** Brands of an ISO media file (AVIF, HEIC, MP4 …), the major one first. */
function brands(bytes: Buffer): string[] {
  if (!starts(bytes, "ftyp", 4)) return [];
  const end = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
  const found = [bytes.toString("latin1", 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(bytes.toString("latin1", at, at + 4));
  return found;
}

const isTiff = (bytes: Buffer) =>
  ["II*\0", "MM\0*", "II+\0\x08\0\0\0", "MM\0+\0\x08\0\0"].some((magic) => starts(bytes, magic));

const NEW_SUBFILE_TYPE = 254;
const DNG_VERSION = 50706;

/** RAW files in a TIFF's clothes (CR2, NEF, ARW, DNG …): their first page is only a small preview. */
function isCameraTiff(bytes: Buffer): boolean {
  if (!starts(bytes, "II*\0") && !starts(bytes, "MM\0*")) return false;
  if (starts(bytes, "CR\x02", 8)) return true;
  const little = starts(bytes, "II");
  const short = (at: number) => (at + 2 > bytes.length ? 0 : little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number) => (at + 4 > bytes.length ? 0 : little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const directory = long(4);
  return Array.from({ length: short(directory) }, (_, entry) => directory + 2 + entry * 12).some(
    (at) => short(at) === DNG_VERSION || (short(at) === NEW_SUBFILE_TYPE && (long(at + 8) & 1) === 1),
  );
}
