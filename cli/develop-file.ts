import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeLevel } from "../handlers/compress.ts";
import { markup } from "../handlers/markup.ts";
import { inspect } from "../handlers/pixels/inspect.ts";
import { resize } from "../handlers/pixels/resize.ts";
import { DecodeError } from "../handlers/pixels/sharp.ts";
import type { Markup, Reason, Rendition } from "../handlers/record.ts";
import type { LimitOptions, RenditionOptions } from "../options.ts";
import type { Compressor } from "../providers/compressors/types.ts";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";
import { CliError } from "./output.ts";
import { readPicture } from "./picture-file.ts";

export interface Developed {
  readonly file: string;
  readonly status: "developed" | "rejected";
  readonly reason?: Reason;
  /** Folder of the results. */
  readonly out?: string;
  readonly bytes?: number;
  readonly width?: number;
  readonly height?: number;
  readonly renditions?: readonly Rendition[];
  readonly markup?: Markup;
  readonly ms: number;
}

export interface DevelopDeps {
  readonly renditions: RenditionOptions;
  readonly limits: LimitOptions;
  readonly compressor: Compressor;
}

/** Everything that is made of one file, into `out`, which a refused picture does not get. @throws CliError `BAD_FOLDER` */
export async function developFile(file: string, out: string, deps: DevelopDeps): Promise<Developed> {
  const started = performance.now();
  const made = await develop(file, deps);
  const ms = () => Math.round(performance.now() - started);
  if ("refusal" in made) return { file, status: "rejected", reason: made.refusal, ms: ms() };
  const { files, ...rest } = made;
  await writeAll(out, files);
  return { file, status: "developed", out, ...rest, ms: ms() };
}

async function develop(file: string, { renditions: options, limits, compressor }: DevelopDeps) {
  const read = await readPicture(file, limits);
  if ("refusal" in read) return read;
  const inspection = await inspect(read.bytes, limits);
  if (inspection.verdict === "reject") return { refusal: inspection.reason };
  const resizing = await resize(read.bytes, inspection.seen, options, limits).catch((error: unknown) => {
    if (error instanceof DecodeError) return { refusal: error.reason };
    throw error;
  });
  if ("refusal" in resizing) return resizing;

  const files = new Map<string, Buffer | string>();
  const renditions: Rendition[] = [];
  for (const level of resizing.pixels)
    for (const { rendition, bytes } of await encodeLevel(compressor, level)) {
      files.set(rendition.name, bytes);
      renditions.push({ ...rendition, key: rendition.name, url: rendition.name });
    }
  const { width, height } = inspection.seen;
  const snippets = markup({ ...resizing.resized, width, height, renditions }, options);
  files.set("picture.html", `${snippets.html}\n`);
  files.set("amp.html", `${snippets.amp}\n`);
  return { files, bytes: read.bytes.length, width, height, renditions, markup: snippets };
}

async function writeAll(out: string, files: ReadonlyMap<string, Buffer | string>): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    for (const [name, content] of files) await writeFile(join(out, name), content);
  } catch (cause) {
    if (!isFileTrouble(cause)) throw cause;
    throw new CliError(
      "BAD_FOLDER",
      `Expected to write into the folder ${out}, but ${fileTrouble(cause)}. Choose another --out.`,
      { cause },
    );
  }
}
