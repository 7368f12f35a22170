import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Picture } from "../../handlers/record.ts";

export const root = new URL("../../", import.meta.url).pathname;

/** What wakes the actors. All tests here hold for both: `DARKROOM_CHAINING=sns` runs them with the other than usual. */
export type Chaining = "streams" | "sns";
export const chaining: Chaining = process.env["DARKROOM_CHAINING"] === "sns" ? "sns" : "streams";

export interface RunningHost {
  readonly url: string;
  readonly process: ChildProcess;
  /** What the functions logged since this start. */
  readonly lines: readonly string[];
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** `npm start`, as a person runs it, on a port of its own. */
export async function startProcess(
  dataDir: string,
  { port = 0, chaining }: { readonly port?: number; readonly chaining?: Chaining } = {},
): Promise<RunningHost> {
  const env = { ...process.env, ...(chaining && { DARKROOM_CHAINING: chaining }) };
  const child = spawn(
    process.execPath,
    ["local/main.ts", "--port", String(port), "--data", dataDir, "--no-open", "--json"],
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines: string[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const at = /Darkroom is at (\S+)/.exec(line)?.[1];
      if (at) resolve(at);
    });
    child.once("exit", (code) => reject(new Error(`The host ended with ${code}: ${said.join("\n")}`)));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const signal = async (name: NodeJS.Signals) => {
    child.kill(name);
    await ended;
  };
  return { url, process: child, lines, kill: () => signal("SIGKILL"), stop: () => signal("SIGTERM") };
}

export async function scratchDir(): Promise<{ readonly dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** The `darkroom` command; answers its exit code and what it printed. */
export const darkroom = (...args: string[]) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(root, "cli/darkroom.js"), ...args],
      { cwd: root, maxBuffer: 64e6 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });

/** Where programs ask the API of a host, as `darkroom --to` does. */
export const operatorsAt = (url: string) => `${url}/operator`;

/** Every record, as an operator sees them. */
export async function allPictures(url: string): Promise<readonly Picture[]> {
  const pictures: Picture[] = [];
  let next: string | undefined = "";
  while (next !== undefined) {
    const response = await fetch(
      `${operatorsAt(url)}/api/pictures?limit=200${next ? `&next=${encodeURIComponent(next)}` : ""}`,
    );
    if (response.status >= 500) {
      // On a busy machine the function may not answer in its time: a client asks again.
      await wait(500);
      continue;
    }
    if (!response.ok) throw new Error(`expected the pictures, received ${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { pictures: Picture[]; next?: string };
    pictures.push(...page.pictures);
    next = page.next;
  }
  return pictures;
}

/** Waits until `done` holds, looking often; the test's own time-out ends a wait in vain. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(150);
  }
}
