import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { residentMemory } from "../local/lambda/resident-memory.ts";

/** Of a process, and of those that it started. */
export interface Usage {
  /** User and system, since it was watched; those that ended meanwhile count as well. */
  readonly cpuMs: number;
  /** Of the process alone, at most. */
  readonly hostBytes: number;
  /** All together, at most. */
  readonly treeBytes: number;
}

/** Looks at it four times a second. Linux only. */
export function watchProcess(pid: number): { end(): Promise<Usage> } {
  let isOver = false;
  let hostBytes = 0;
  let treeBytes = 0;
  const before = cpuOf(pid);
  const watching = (async () => {
    while (!isOver) {
      const sizes = await Promise.all((await treeOf(pid)).map(async (each) => (await residentMemory(each)) ?? 0));
      hostBytes = Math.max(hostBytes, sizes[0] ?? 0);
      treeBytes = Math.max(
        treeBytes,
        sizes.reduce((sum, bytes) => sum + bytes, 0),
      );
      await wait(250);
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      return { cpuMs: (await cpuOf(pid)) - (await before), hostBytes, treeBytes };
    },
  };
}

/** The process first. */
async function treeOf(pid: number): Promise<number[]> {
  const children = (await proc(pid, `task/${pid}/children`)).split(" ").filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(treeOf))).flat()];
}

/** Of those that live, and of those that their parents have seen end. */
async function cpuOf(pid: number): Promise<number> {
  const ticks = await Promise.all(
    (await treeOf(pid)).map(async (each) => {
      // The name in brackets may hold anything; user, system and ended children's times are fields 14 to 17.
      const fields = (await proc(each, "stat")).split(") ").at(-1)!.split(" ");
      return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    }),
  );
  return ticks.reduce((sum, each) => sum + each, 0) * millisecondsPerTick;
}

/** Milliseconds of CPU of all processes that this one started and saw end, and of theirs. */
export async function ownChildrenCpu(): Promise<number> {
  const fields = (await proc(process.pid, "stat")).split(") ").at(-1)!.split(" ");
  return (Number(fields[13]) + Number(fields[14])) * millisecondsPerTick;
}

/** Linux tells programs of hundredths of a second, whatever it counts itself. */
const millisecondsPerTick = 10;

/** Nothing of a process that has just ended. */
const proc = (pid: number, file: string) =>
  readFile(`/proc/${pid}/${file}`, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ESRCH") return "";
    throw error;
  });
