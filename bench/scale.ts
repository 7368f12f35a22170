import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import sharp from "sharp";
import { makePhoto } from "../tests/fixtures/photos.ts";
import type { Comparison } from "./comparison.ts";
import { type Usage, watchProcess } from "./process-usage.ts";

export interface ScaleBenchOptions {
  /** Pictures of the larger import; the smaller one has a hundred. */
  readonly pictures: number;
  readonly say: (text: string) => void;
}

/** Small pictures by `darkroom import --wait` through the laptop host, few and many: neither may cost a picture more. */
export async function scaleBench({ pictures, say }: ScaleBenchOptions): Promise<readonly Comparison[]> {
  const few = await imported(100, say);
  const many = await imported(pictures, say);
  const sizes = `100 / ${pictures} pictures`;
  // A growth of 5 % in time and of 10 % in memory is what may be.
  return [
    compared(`CPU time a picture through the laptop host, ${sizes}`, few.cpuMs / many.cpuMs, 1 / 1.05),
    compared(`time a picture through the laptop host, ${sizes}`, few.ms / many.ms, 1 / 1.05),
    compared(`memory of the host's own process at most, ${sizes}`, few.hostBytes / many.hostBytes, 1 / 1.1),
    compared(`memory of host and functions at most, ${sizes}`, few.treeBytes / many.treeBytes, 1 / 1.1),
  ];
}

const compared = (name: string, ratio: number, goal: number): Comparison => ({
  name,
  ratio,
  goal,
  held: ratio >= goal,
});

const root = resolve(import.meta.dirname, "..");
/** Imported before the measured ones: functions that start are no matter of how many pictures there are. */
const warming = 40;

async function imported(count: number, say: (text: string) => void) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-bench-"));
  try {
    say(`scale: making ${count} pictures`);
    await makePictures(join(dir, "warming"), warming, 0);
    await makePictures(join(dir, "pictures"), count, warming);
    const host = await startHost(join(dir, "data"));
    try {
      await runImport(join(dir, "warming"), host.url);
      const usage = watchProcess(host.pid);
      const begun = performance.now();
      await runImport(join(dir, "pictures"), host.url);
      const ms = (performance.now() - begun) / count;
      const { cpuMs, ...memory } = await usage.end();
      const figures = { ms, cpuMs: cpuMs / count, ...memory };
      say(`scale: ${count} pictures, ${spelled(figures)}`);
      return figures;
    } finally {
      await host.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const spelled = ({ ms, cpuMs, hostBytes, treeBytes }: Usage & { readonly ms: number }) =>
  [
    `${ms.toFixed(0)} ms and ${cpuMs.toFixed(0)} ms CPU each`,
    `at most ${megabytes(hostBytes)} MB in the host, ${megabytes(treeBytes)} MB with its functions`,
    `load of the machine ${loadavg()[0]!.toFixed(1)}`,
  ].join(", ");
const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/** Cuts of one large photograph, each a pixel further: none is a duplicate, all are published, and pixels are few. */
async function makePictures(dir: string, count: number, from: number): Promise<void> {
  const photo = await makePhoto({ width: 2400, height: 1600, seed: 1 });
  const { data, info } = await sharp(photo).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  await mkdir(dir, { recursive: true });
  for (let at = from; at < from + count; at++) {
    const cut = { left: at % 500, top: Math.floor(at / 500), width: 320, height: 240 };
    await writeFile(join(dir, `${at}.jpg`), await sharp(data, { raw }).extract(cut).jpeg().toBuffer());
  }
}

async function startHost(data: string) {
  const args = ["local/main.ts", "--port", "0", "--data", data, "--no-open", "--json"];
  const child: ChildProcess = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise<string>((done, fail) => {
    const said: string[] = [];
    createInterface({ input: child.stderr! }).on("line", (line) => {
      const at = /Darkroom is at (\S+)/.exec(line)?.[1];
      if (at) done(at);
      else if (said.length < 20) said.push(line);
    });
    child.once("exit", (code) => fail(new Error(`The host ended with ${code}: ${said.join("\n")}`)));
  });
  return {
    url,
    pid: child.pid!,
    stop: () =>
      new Promise<void>((done) => {
        child.once("exit", () => done());
        child.kill("SIGTERM");
      }),
  };
}

async function runImport(dir: string, url: string): Promise<void> {
  const args = [join(root, "cli/darkroom.js"), "import", dir, "--to", `${url}/operator`, "--wait"];
  await promisify(execFile)(process.execPath, args, { maxBuffer: 64e6 });
}
