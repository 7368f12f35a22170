import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import type { Totals } from "../cli/convert/report.ts";
import { makePhoto } from "../tests/fixtures/photos.ts";
import type { Comparison } from "./comparison.ts";

export interface ConvertBenchOptions {
  /** Each shows five pictures of its own. */
  readonly pages: number;
  readonly say: (text: string) => void;
}

/** A whole site through `darkroom convert`, twice: bytes before and after, and the time that a known picture saves. */
export async function convertBench({ pages, say }: ConvertBenchOptions): Promise<readonly Comparison[]> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-bench-"));
  try {
    say(`convert: making ${pages} pages with ${pages * 5} pictures`);
    await makeSite(dir, pages);
    const first = await timed(dir);
    const { bytesBefore, bytesAfter, pictures } = first.totals;
    const saved = Math.round((1 - bytesAfter / bytesBefore) * 100);
    const rate = ((pictures["converted"] ?? 0) / first.seconds).toFixed(1);
    say(
      `convert: ${rate} pictures a second, ${megabytes(bytesBefore)} → ${megabytes(bytesAfter)} MB (${saved} % less)`,
    );
    // The same pages as they were: every picture is known by now.
    await writePages(dir, pages);
    const second = await timed(dir);
    say(
      `convert: again with known pictures in ${second.seconds.toFixed(1)} s instead of ${first.seconds.toFixed(1)} s`,
    );
    const compared = (name: string, ratio: number, goal: number): Comparison => ({
      name,
      ratio,
      goal,
      held: ratio >= goal,
    });
    const of = `${pages} pages, ${pages * 5} pictures`;
    return [
      compared(`bytes before / after darkroom convert, ${of}`, bytesBefore / bytesAfter, 2),
      compared(`time of darkroom convert, new / known pictures, ${of}`, first.seconds / second.seconds, 3),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const perPage = 5;

/** Cuts of a few large photographs, each at another place: as different as pictures are, and made in milliseconds. */
async function makeSite(dir: string, pages: number): Promise<void> {
  const [width, height] = [900, 600];
  const large = await Promise.all([1, 2, 3].map((seed) => makePhoto({ width: 2400, height: 1600, seed })));
  const scenes = await Promise.all(large.map((photo) => sharp(photo).raw().toBuffer({ resolveWithObject: true })));
  await mkdir(join(dir, "img"));
  for (let at = 0; at < pages * perPage; at++) {
    const { data, info } = scenes[at % scenes.length]!;
    const left = (at * 97) % (info.width - width);
    const top = (at * 61) % (info.height - height);
    const raw = { width: info.width, height: info.height, channels: info.channels };
    const cut = sharp(data, { raw }).extract({ left, top, width, height });
    await writeFile(join(dir, "img", `${at}.jpg`), await cut.jpeg({ quality: 92 }).toBuffer());
  }
  await writePages(dir, pages);
}

async function writePages(dir: string, pages: number): Promise<void> {
  for (let page = 0; page < pages; page++) {
    const pictures = Array.from(
      { length: perPage },
      (_, at) => `<p><img src="img/${page * perPage + at}.jpg" alt=""></p>`,
    );
    await writeFile(join(dir, `${page}.html`), `<!doctype html><title>${page}</title>\n${pictures.join("\n")}\n`);
  }
}

const run = promisify(execFile);
const bin = resolve(import.meta.dirname, "../cli/darkroom.js");

async function timed(dir: string): Promise<{ readonly totals: Totals; readonly seconds: number }> {
  const started = performance.now();
  const { stdout } = await run(process.execPath, [bin, "convert", dir, "--json"], { maxBuffer: 256e6 });
  return { totals: (JSON.parse(stdout) as { totals: Totals }).totals, seconds: (performance.now() - started) / 1000 };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
