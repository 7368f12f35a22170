import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

export const root = resolve(import.meta.dirname, "../..");
export const bin = join(root, "cli/darkroom.js");

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The one document on stdout. Throws when there is anything else. */
  json<T>(): T;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** @default this one */
  readonly node?: string;
}

/** The `darkroom` command in a process of its own, as people run it. */
export const darkroom = (args: readonly string[], { cwd = root, env, node = process.execPath }: RunOptions = {}) =>
  new Promise<Ran>((done) => {
    execFile(node, [bin, ...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 64e6 }, (error, stdout, stderr) =>
      done({
        code: typeof error?.code === "number" ? error.code : error ? Number.NaN : 0,
        stdout,
        stderr,
        json: <T>() => JSON.parse(stdout) as T,
      }),
    );
  });

/** A folder that goes with the test. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-cli-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
