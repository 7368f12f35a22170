import { join } from "node:path";
import { type SetName, sets, widths } from "../sets.ts";

type Command = readonly [program: string, ...args: string[]];

export interface Peer {
  readonly name: string;
  /** Debian's package. */
  readonly from: string;
  readonly programs: readonly string[];
  /** Processes that make the set of one photograph. */
  commands(set: "b" | "c", photo: string, dir: string): readonly Command[];
  /** One process that makes the sets of several; absent where a program takes one. */
  longLived?(set: "b" | "c", photos: readonly string[], dir: string): Command;
  readonly goals: Readonly<Record<"b" | "c", number | null>>;
}

/** Every output, as width or height and a file's name; largest first, so that each can be made of the one before. */
const outputs = [
  ...widths.toReversed().map((width) => ({ name: `w${width}`, box: `${width}x`, responsive: true })),
  { name: "h150", box: "x150", responsive: false },
  { name: "w150", box: "150x", responsive: false },
  { name: "box50", box: "50x50", responsive: false },
];
const filesOf = (set: SetName, { name, responsive }: (typeof outputs)[number], dir: string) =>
  (responsive ? sets[set] : ["jpeg"]).map((format) => join(dir, `${name}.${format === "jpeg" ? "jpg" : format}`));

const quality = ["-quality", "78", "-sampling-factor", "2x2"];
const fast = ["-define", "jpeg:optimize-coding=false", "-define", "webp:method=2"];
const cascade = (set: SetName, dir: string) =>
  outputs.flatMap((output) => [
    "-resize",
    output.box,
    ...filesOf(set, output, dir).flatMap((file) => ["-write", file]),
  ]);
const perOutput = (set: SetName, dir: string, command: (box: string, file: string) => Command) =>
  outputs.flatMap((output) => filesOf(set, output, dir).map((file) => command(output.box, file)));

const pillow = (set: SetName, dir: string, photos: readonly string[]): Command => [
  "/usr/bin/python3",
  join(import.meta.dirname, "peer_pillow.py"),
  set,
  dir,
  ...photos,
];

/** `at its best`: one process, a coarse decode near the largest width, a cascade, our encoder settings, one thread. */
export const peers: readonly Peer[] = [
  {
    name: "ImageMagick at its best",
    from: "imagemagick",
    programs: ["/usr/bin/convert"],
    goals: { b: 3, c: 2 },
    commands: (set, photo, dir) => [
      // biome-ignore format: an option and its value are one line
      ["/usr/bin/convert",
        "-define", "jpeg:size=1920x1440", photo,
        "-auto-orient", "-strip", ...quality, ...fast, ...cascade(set, dir),
        "null:"],
    ],
  },
  {
    name: "ImageMagick, a process per output",
    from: "imagemagick",
    programs: ["/usr/bin/convert"],
    goals: { b: 15, c: 11 },
    commands: (set, photo, dir) =>
      perOutput(set, dir, (box, file) => ["/usr/bin/convert", photo, "-auto-orient", "-resize", box, file]),
  },
  {
    name: "GraphicsMagick at its best",
    from: "graphicsmagick",
    programs: ["gm"],
    goals: { b: 2.4, c: 1.8 },
    commands: (set, photo, dir) => [
      // biome-ignore format: an option and its value are one line
      ["gm", "convert",
        "-size", "1920x1440", photo,
        "-auto-orient", "-strip", ...quality, ...fast, ...cascade(set, dir),
        "null:"],
    ],
  },
  {
    name: "GraphicsMagick, a process per output",
    from: "graphicsmagick",
    programs: ["gm"],
    goals: { b: null, c: null },
    commands: (set, photo, dir) =>
      perOutput(set, dir, (box, file) => ["gm", "convert", photo, "-auto-orient", "-resize", box, file]),
  },
  {
    name: "Pillow at its best",
    from: "python3-pil",
    programs: ["/usr/bin/python3", "/usr/lib/python3/dist-packages/PIL/__init__.py"],
    goals: { b: 1.5, c: 1.25 },
    commands: (set, photo, dir) => [pillow(set, dir, [photo])],
    longLived: (set, photos, dir) => pillow(set, dir, photos),
  },
  {
    name: "vipsthumbnail, a process per output",
    from: "libvips-tools",
    programs: ["vipsthumbnail"],
    goals: { b: null, c: null },
    commands: (set, photo, dir) =>
      perOutput(set, dir, (box, file) => ["vipsthumbnail", photo, "--size", box, "--output", `${file}[strip]`]),
  },
];
