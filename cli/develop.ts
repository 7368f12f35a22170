import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Command } from "commander";
import { encodeLevel } from "../handlers/compress.ts";
import { markup } from "../handlers/markup.ts";
import { inspect } from "../handlers/pixels/inspect.ts";
import { resize } from "../handlers/pixels/resize.ts";
import type { Markup, Reason, Rendition } from "../handlers/record.ts";
import { compressionOptions, limitOptions, renditionOptions } from "../options.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import type { Compressor } from "../providers/compressors/types.ts";
import { readPicture } from "./inspect.ts";
import { parsed } from "./options.ts";
import { bytesText, exitCodes, type Finish, plain, printJson, progressLine } from "./output.ts";

interface Developed {
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

export const developCommand = (finish: Finish) =>
  new Command("develop")
    .description(
      "Makes every size and format of these pictures here, and their markup, with the same code as the actors. Nothing is screened or uploaded.",
    )
    .argument("<file...>", "pictures")
    .requiredOption("-o, --out <dir>", "folder for the results; each picture gets a folder of its own in it")
    .option("--widths <list>", "responsive widths in pixels, such as 320,640,1280")
    .option("--formats <list>", "jpeg, webp, avif; jpeg stands for the picture's base format")
    .option("--preset <name>", "fast, balanced or smallest")
    .option("--json", "an array of {file, status, reason, out, bytes, width, height, renditions, markup, ms}")
    .action(
      async (
        files: string[],
        flags: { out: string; widths?: string; formats?: string; preset?: string; json?: true },
      ) => {
        const renditions = parsed(renditionOptions, {
          widths: flags.widths?.split(",").map(Number),
          formats: flags.formats?.split(","),
        });
        const { preset } = parsed(compressionOptions, { preset: flags.preset });
        const compressor = sharpCompressor({ preset });
        const progress = progressLine();
        const taken = new Set<string>();
        const results: Developed[] = [];
        for (const file of files) {
          progress.show(`${results.length + 1}/${files.length} ${plain(file)}`);
          const result = await developFile(file, join(flags.out, freeName(basename(file), taken)), {
            renditions,
            compressor,
          });
          results.push(result);
          if (!flags.json) progress.done(line(result));
        }
        if (flags.json) printJson(results);
        finish(results.every(({ status }) => status === "developed") ? exitCodes.ok : exitCodes.refused);
      },
    );

async function developFile(
  file: string,
  out: string,
  {
    renditions: options,
    compressor,
  }: { renditions: ReturnType<typeof renditionOptions.parse>; compressor: Compressor },
): Promise<Developed> {
  const started = performance.now();
  const limits = limitOptions.parse(undefined);
  const refused = (reason: Reason): Developed => ({
    file,
    status: "rejected",
    reason,
    ms: Math.round(performance.now() - started),
  });

  const read = await readPicture(file, limits);
  if ("refusal" in read) return refused(read.refusal);
  const inspection = await inspect(read.bytes, limits);
  if (inspection.verdict === "reject") return refused(inspection.reason);

  const { resized, pixels } = await resize(read.bytes, inspection.seen, options, limits);
  await mkdir(out, { recursive: true });
  const renditions: Rendition[] = [];
  for (const level of pixels)
    for (const { rendition, bytes } of await encodeLevel(compressor, level)) {
      await writeFile(join(out, rendition.name), bytes);
      renditions.push({ ...rendition, key: rendition.name, url: rendition.name });
    }
  const { width, height } = inspection.seen;
  const snippets = markup({ ...resized, width, height, renditions }, options);
  await writeFile(join(out, "picture.html"), `${snippets.html}\n`);
  await writeFile(join(out, "amp.html"), `${snippets.amp}\n`);
  return {
    file,
    status: "developed",
    out,
    bytes: read.bytes.length,
    width,
    height,
    renditions,
    markup: snippets,
    ms: Math.round(performance.now() - started),
  };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  taken.add(free);
  return free;
}

function line({ file, status, reason, out, bytes = 0, renditions = [], ms }: Developed): string {
  if (status === "rejected") return `reject   ${plain(file)}  ${reason?.code}: ${reason?.sentence}`;
  const widest = Math.max(...renditions.map(({ width }) => width));
  const smallest = renditions
    .filter(({ width }) => width === widest)
    .reduce((best, next) => (next.bytesAfter < best.bytesAfter ? next : best));
  return `develop  ${plain(file)}  ${bytesText(bytes)} → ${bytesText(smallest.bytesAfter)} (${smallest.name}), ${renditions.length} files in ${plain(out ?? "")}, ${ms} ms`;
}
