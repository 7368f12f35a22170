import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { type Comparison, notInstalled, paired } from "../comparison.ts";
import type { BenchOptions } from "../pixels.ts";
import { ownChildrenCpu } from "../process-usage.ts";
import { peers } from "./commands.ts";

/**
 * Other programs against Darkroom's pixel work, as whole processes that make files of a file: CPU time, their own and
 * Node's start included. A long-lived process goes through all photographs, one after the other. Linux only.
 */
export async function peerBench({ rounds, photos, say }: BenchOptions): Promise<readonly Comparison[]> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-peers-"));
  try {
    const files: string[] = [];
    for (const { name, bytes } of photos) {
      files.push(join(dir, `${name.replaceAll(" ", "-")}.jpg`));
      await writeFile(files.at(-1)!, bytes);
    }
    const ours = join(import.meta.dirname, "ours.ts");
    const comparisons: Comparison[] = [];
    for (const peer of peers)
      for (const set of ["b", "c"] as const) {
        const kinds = [
          { what: "a whole process each", goal: peer.goals[set], of: files.map((file) => [file]) },
          { what: peer.longLived ? "both long-lived" : "Darkroom long-lived", goal: null, of: [files] },
        ];
        for (const { what, goal, of } of kinds) {
          const name = `${peer.name} / darkroom, ${set}, ${what}`;
          if (!peer.programs.every(isThere)) {
            comparisons.push(notInstalled(name, goal));
            say(`${name}: not installed (apt-get install ${peer.from})`);
            continue;
          }
          const ratios: number[] = [];
          for (let round = 0; round < rounds; round++)
            for (const some of of) {
              const alone = some.flatMap((file) => peer.commands(set, file, dir));
              const theirs = await cpuOf(peer.longLived ? [peer.longLived(set, some, dir)] : alone);
              ratios.push(theirs / (await cpuOf([[process.execPath, ours, set, dir, ...some]])));
              say(`${name}: ${ratios.at(-1)!.toFixed(2)}`);
            }
          comparisons.push(paired({ name, ratios, goal }));
        }
      }
    return comparisons;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Milliseconds of CPU of these processes and theirs. */
async function cpuOf(commands: readonly (readonly [string, ...string[]])[]): Promise<number> {
  const before = await ownChildrenCpu();
  // One thread each: more of them cost CPU time and save only wall time.
  const env = { ...process.env, OMP_NUM_THREADS: "1", MAGICK_THREAD_LIMIT: "1", VIPS_CONCURRENCY: "1" };
  for (const [program, ...args] of commands) await promisify(execFile)(program, args, { env });
  return (await ownChildrenCpu()) - before;
}

const isThere = (program: string) =>
  isAbsolute(program)
    ? existsSync(program)
    : (process.env["PATH"] ?? "").split(delimiter).some((dir) => existsSync(join(dir, program)));
