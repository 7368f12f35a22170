import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/**
 * Bytes of memory another process holds, its native memory included; undefined when it has ended or this
 * platform cannot tell (Windows). Asked from outside, because a process that is busy allocating cannot answer.
 */
export async function residentMemory(pid: number): Promise<number | undefined> {
  if (process.platform === "win32") return undefined;
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ESRCH") return "";
    throw error;
  });
  return kilobytes(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

const fromPs = (pid: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    execFile("/bin/ps", ["-o", "rss=", "-p", String(pid)], (error, stdout) =>
      resolve(error ? undefined : kilobytes(stdout.trim())),
    );
  });

const kilobytes = (text: string | undefined): number | undefined =>
  text === undefined || text === "" ? undefined : Number(text) * 1024;
