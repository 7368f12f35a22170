import type { Replacement } from "../../handlers/discover/edits.ts";
import type { Format, Level, Rendition } from "../../handlers/record.ts";

interface Shape {
  /** Folder of its renditions, from the root. */
  readonly at?: string;
  readonly width?: number;
  readonly height?: number;
  readonly widths?: readonly number[];
  readonly formats?: readonly Format[];
  /** Of the file; each rendition has a byte less for each format after it. */
  readonly bytes?: number;
}

/** A developed picture of 800 × 600 with sizes of 400 and 800 in AVIF, WebP and JPEG. */
export function replacement({
  at = "assets/darkroom/p",
  width = 800,
  height = 600,
  widths = [400, 800],
  formats = ["jpeg", "webp", "avif"],
  bytes = 1000,
}: Shape = {}): Replacement {
  const levels = widths.map(
    (wide): Level => ({
      name: `w${wide}`,
      width: wide,
      height: Math.round((wide * height) / width),
      channels: 3,
      frames: 1,
      delay: [],
      loop: 0,
      formats,
    }),
  );
  const renditions = levels.flatMap((level) =>
    formats.map((format, rank): Rendition => {
      const name = `${level.name}.${format}`;
      const sides = { width: level.width, height: level.height };
      const sizes = { bytesBefore: 1, bytesAfter: 500 - rank };
      return { name, level: level.name, ...sides, ...sizes, format, method: "", key: name, url: `${at}/${name}` };
    }),
  );
  return { width, height, format: "jpeg", bytes, baseFormat: "jpeg", levels, renditions };
}
