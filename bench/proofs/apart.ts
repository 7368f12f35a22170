import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { encodeLevel } from "../../handlers/compress.ts";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { resize } from "../../handlers/pixels/resize.ts";
import { compressionOptions, limitOptions, renditionOptions } from "../../options.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";

export interface Cost {
  /** `accept`, or the code of the refusal; `DIED` when the process did not live to tell. */
  readonly verdict: string;
  /** Wall time of the work, without the start of the process. */
  readonly ms: number;
  /** Peak resident memory of the whole process, in megabytes. */
  readonly megabytes: number;
}

/** What a file costs in a process of its own: to look at, or to make everything of. */
export async function costOf(work: "inspect" | "develop", file: string): Promise<Cost> {
  const started = performance.now();
  const child = fork(import.meta.filename, [work, file], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    timeout: 180_000,
  });
  let cost: Cost | undefined;
  child.on("message", (message: Cost) => {
    cost = message;
  });
  await once(child, "close");
  return cost ?? { verdict: "DIED", ms: performance.now() - started, megabytes: Number.NaN };
}

if (import.meta.main && process.send) {
  const [work, file = ""] = process.argv.slice(2);
  const bytes = await readFile(file);
  const started = performance.now();
  const verdict = await (work === "inspect" ? look(bytes) : develop(bytes));
  const ms = Math.round(performance.now() - started);
  process.send({ verdict, ms, megabytes: await peakMegabytes() } satisfies Cost);
  process.disconnect();
}

/** Linux says it of this program alone; what resourceUsage says counts the parent it was forked from. */
async function peakMegabytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kilobytes) / 1024);
}

async function look(bytes: Buffer): Promise<string> {
  const answer = await inspect(bytes, limitOptions.parse(undefined));
  return answer.verdict === "accept" ? "accept" : answer.reason.code;
}

/** All that ingest, resize and compress do with the pixels, with a stack's defaults. */
async function develop(bytes: Buffer): Promise<string> {
  const limits = limitOptions.parse(undefined);
  const answer = await inspect(bytes, limits);
  if (answer.verdict === "reject") return answer.reason.code;
  const { pixels } = await resize(bytes, answer.seen, renditionOptions.parse(undefined), limits);
  const compressor = sharpCompressor(compressionOptions.parse(undefined));
  for (const level of pixels) await encodeLevel(compressor, level);
  return "accept";
}
