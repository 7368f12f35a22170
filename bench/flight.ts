import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { developBare } from "./bare.ts";
import { type Comparison, paired } from "./comparison.ts";
import type { BenchOptions } from "./pixels.ts";

interface Flight {
  readonly ms: number;
  readonly peakMegabytes: number;
}

/** Most resident memory, in megabytes, of a process that makes set b of one photograph at a time. */
const most = 165;

/** What two pictures at once save in time, and what one takes in memory: in processes of their own. Linux only. */
export async function flightBench({ rounds, photos, say }: BenchOptions): Promise<Comparison[]> {
  const [walls, memories]: [number[], number[]] = [[], []];
  const file = join(tmpdir(), `darkroom-flight-${process.pid}.jpg`);
  await writeFile(file, photos[0]!.bytes);
  try {
    for (let round = 0; round < rounds; round++) {
      const [one, two] = [await fly(file, 1), await fly(file, 2)];
      walls.push(two.ms / one.ms);
      memories.push(one.peakMegabytes / most);
      say(`two in flight: ${walls.at(-1)!.toFixed(2)} of the time; one: ${one.peakMegabytes.toFixed(0)} MB`);
    }
  } finally {
    await rm(file, { force: true });
  }
  return [
    paired({ name: "time of pictures two at once / one at a time, b", ratios: walls, goal: 0.57, atMost: true }),
    paired({ name: `peak memory of b, one at a time / ${most} MB`, ratios: memories, goal: 1, atMost: true }),
  ];
}

async function fly(file: string, atOnce: number): Promise<Flight> {
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, file, `${atOnce}`]);
  return JSON.parse(stdout) as Flight;
}

if (import.meta.main) {
  const [file = "", atOnce = ""] = process.argv.slice(2);
  const photo = await readFile(file);
  const develop = async () => {
    for await (const _ of developBare(photo, "b"));
  };
  await develop();
  let left = 12;
  const turn = async () => {
    while (left-- > 0) await develop();
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: Number(atOnce) }, turn));
  const ms = performance.now() - begun;
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(await readFile("/proc/self/status", "utf8"))?.[1];
  process.stdout.write(JSON.stringify({ ms, peakMegabytes: Number(kilobytes) / 1024 } satisfies Flight));
}
