import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import sharp from "sharp";
import { inputsOf } from "../build/bundle.ts";

export interface WebFile {
  /** Path inside `outDir`. */
  readonly path: string;
  readonly bytes: number;
  /** What is sent of it, in bytes. */
  readonly gzipped: number;
}

/** Most that a first visit may load of script, gzipped, in bytes. */
export const scriptBudget = 150_000;

const here = fileURLToPath(new URL(".", import.meta.url));
const pages = ["index", "review"] as const;

interface Made {
  readonly path: string;
  readonly contents: Uint8Array;
}

/**
 * Builds the pages into `outDir`, which it empties first. Scripts and styles carry a hash of their content
 * in their names, so they may be cached for ever; nothing else may.
 * @throws Error `PAGE_TOO_HEAVY` when a page's script is over the budget.
 */
export async function buildWeb(outDir: string): Promise<WebFile[]> {
  const { files } = await webFiles();
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  for (const { path, contents } of files) await writeFile(join(outDir, path), contents);
  return files.map(({ path, contents }) => ({
    path,
    bytes: contents.byteLength,
    gzipped: gzipSync(contents).byteLength,
  }));
}

/** The pages, and the sources of which something is in their scripts, from the root of the project. */
export async function webFiles(): Promise<{ readonly files: readonly Made[]; readonly inputs: readonly string[] }> {
  const { files: scripts, inputs } = await bundled();
  const files = [...scripts, ...(await icons())];
  for (const page of pages) files.push(await html(page, files));
  files.push({ path: "manifest.webmanifest", contents: await readFile(join(here, "manifest.json")) });
  files.push(await serviceWorker(files));
  for (const page of pages) assertLight(page, files);
  return { files, inputs };
}

/** What the pages weigh, in words. */
export function weightOf(files: readonly WebFile[]): string {
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} KB`;
  const scripts = pages.map((page) => {
    const { gzipped } = files.find(({ path }) => path.startsWith(`${scriptOf(page)}-`) && path.endsWith(".js"))!;
    return `${page} ${kilobytes(gzipped)}`;
  });
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${kilobytes(all)}; scripts gzipped, of ${kilobytes(scriptBudget)} at most: ${scripts.join(", ")}`;
}

const common: BuildOptions = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  loader: { ".svg": "text" },
};

async function bundled() {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ["app.ts", "review.ts", "style.css"].map((name) => join(here, name)),
    entryNames: "[name]-[hash]",
    outdir: here,
    write: false,
    metafile: true,
    absWorkingDir: fileURLToPath(new URL("..", import.meta.url)),
  });
  const files: Made[] = outputFiles.map(({ path, contents }) => ({ path: basename(path), contents }));
  return { files, inputs: inputsOf(metafile) };
}

async function icons(): Promise<Made[]> {
  const app = await readFile(join(here, "icons/app.svg"), "utf8");
  // A mask cuts into the corners: without rounding of its own, the ground reaches everywhere.
  const maskable = app.replace(/ rx="[\d.]+"/, "");
  const png = async (path: string, svg: string, size: number): Promise<Made> => ({
    path,
    contents: await sharp(Buffer.from(svg), { density: 72 * (size / 24) })
      .resize(size, size)
      .png()
      .toBuffer(),
  });
  return [
    { path: "favicon.svg", contents: await readFile(join(here, "icons/favicon.svg")) },
    await png("icon-192.png", app, 192),
    await png("icon-512.png", app, 512),
    await png("icon-maskable-512.png", maskable, 512),
  ];
}

async function html(page: (typeof pages)[number], files: readonly Made[]): Promise<Made> {
  const source = await withIcons(await readFile(join(here, `${page}.html`), "utf8"));
  const script = scriptOf(page);
  const contents = source
    .replace(`src="${script}.ts"`, `src="${named(files, script, ".js")}"`)
    .replace('href="style.css"', `href="${named(files, "style", ".css")}"`);
  return { path: `${page}.html`, contents: Buffer.from(contents) };
}

/** Knows all other files by name, and is another one whenever any of them is. */
async function serviceWorker(files: readonly Made[]): Promise<Made> {
  const hash = createHash("sha256");
  for (const { path, contents } of files) hash.update(path).update(contents);
  const shell = ["/", ...files.map(({ path }) => `/${path}`).filter((path) => path !== "/index.html")];
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(here, "sw.ts")],
    format: "iife",
    write: false,
    define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)) },
  });
  return { path: "sw.js", contents: outputFiles[0]!.contents };
}

function assertLight(page: (typeof pages)[number], files: readonly Made[]): void {
  const path = named(files, scriptOf(page), ".js");
  const bytes = gzipSync(files.find((file) => file.path === path)!.contents).byteLength;
  if (bytes > scriptBudget)
    throw new Error(
      `PAGE_TOO_HEAVY: Expected the script of ${page}.html to be at most ${scriptBudget} bytes gzipped, but ${path} is ${bytes}. See what came in.`,
    );
}

const scriptOf = (page: (typeof pages)[number]) => (page === "index" ? "app" : page);

const named = (files: readonly Made[], start: string, end: string) =>
  files.find(({ path }) => path.startsWith(`${start}-`) && path.endsWith(end))!.path;

/** Puts web/icons/<name>.svg where a page says `data-icon="<name>"`, so that the shell is whole before any script runs. */
async function withIcons(html: string): Promise<string> {
  const parts = html.split(/<svg class="icon" aria-hidden="true" data-icon="(\w+)"><\/svg>/);
  for (let at = 1; at < parts.length; at += 2) {
    const drawing = await readFile(join(here, "icons", `${parts[at]}.svg`), "utf8");
    parts[at] = drawing.trim().replace("<svg ", '<svg class="icon" ');
  }
  return parts.join("");
}
