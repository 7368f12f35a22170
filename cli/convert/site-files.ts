import { copyFile, lstat, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import pMap from "p-map";
import { escapePath, glob } from "tinyglobby";
import { pageEndings } from "../../handlers/discover/find.ts";
import { left } from "../../handlers/discover/left.ts";
import { textOf } from "../../handlers/discover/rewrite.ts";
import type { Reason } from "../../handlers/record.ts";
import { fileTrouble, isFileTrouble } from "../file-trouble.ts";
import { CliError } from "../output.ts";

/** Folders that are no part of a site, wherever they are. */
const notOfSite = ["node_modules", ".git"];

/** A folder with a site in it, and the one that its converted form goes to, perhaps the same. Paths are from the root on, with `/`. */
export interface SiteFiles {
  /** Pages, style sheets and Markdown, in order. Symbolic links are not followed. */
  pages(): Promise<string[]>;
  readPage(path: string): Promise<{ readonly text: string } | { readonly refusal: Reason }>;
  /** Where a picture is on this disk, if it is a file below the root once links are followed. */
  find(path: string): Promise<{ readonly file: string } | { readonly refusal: Reason }>;
  /** Everything but these pages, to the other folder. */
  copyBeside(pages: ReadonlySet<string>): Promise<void>;
  /** Whole or not at all: a reader finds the old page or the new. */
  write(path: string, content: string | Buffer): Promise<void>;
  /** The converted site is another folder. */
  readonly isApart: boolean;
  /** Where something is, or will be, in the converted site. */
  target(path: string): string;
}

export interface SiteFolders {
  readonly site: string;
  /** @default the site itself */
  readonly out?: string;
  /** Folder of the renditions, from the root on. */
  readonly into: string;
}

/** @throws CliError `BAD_FOLDER` */
export async function siteFiles({ site, out, into }: SiteFolders): Promise<SiteFiles> {
  const root = await realFolder(site);
  const to = out === undefined ? root : await realTarget(resolve(out));
  if (to !== root && isBelow(to, root))
    throw badFolder(`Expected --out to be elsewhere, but the site ${site} is inside it. Choose another folder.`);
  const target = (path: string) => join(to, ...path.split("/"));
  for (const folder of new Set([to, join(root, into), target(into)])) await noFile(folder);
  if (!isBelow(to, await realTarget(target(into))))
    throw badFolder(
      `Expected ${into} to be inside the site, but a symbolic link leads out of it. Choose another --into.`,
    );
  const own = isBelow(root, to) ? [everythingIn(relative(root, to).split(sep).join("/"))] : [];
  const ignore = [...notOfSite.map((name) => `**/${name}/**`), ...own];
  const walk = { cwd: root, dot: true, followSymbolicLinks: false, caseSensitiveMatch: false };

  return {
    isApart: to !== root,
    target,
    async pages() {
      const patterns = Object.values(pageEndings).flatMap((endings) => endings.map((ending) => `**/*.${ending}`));
      const found = await glob(patterns, { ...walk, ignore: [...ignore, everythingIn(into)] });
      const plain = await Promise.all(found.map(async (path) => (await lstat(join(root, path))).isFile()));
      return found.filter((_, at) => plain[at]).sort();
    },
    async readPage(path) {
      try {
        const file = join(root, path);
        const { size } = await stat(file);
        if (size > largestPage) return { refusal: pageTooLarge(size) };
        const text = textOf(await readFile(file));
        return text === undefined ? { refusal: notUtf8 } : { text };
      } catch (error) {
        return { refusal: unreadable(error) };
      }
    },
    async find(path) {
      try {
        const file = await realpath(join(root, ...path.split("/")));
        if (!isBelow(root, file)) return { refusal: left("OUTSIDE") };
        return (await stat(file)).isFile() ? { file } : { refusal: left("MISSING") };
      } catch (error) {
        const missing = isFileTrouble(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
        return { refusal: missing ? left("MISSING") : unreadable(error) };
      }
    },
    async copyBeside(pages) {
      if (to === root) return;
      const all = await glob("**", { ...walk, ignore });
      const others = all.filter((path) => !pages.has(path));
      await told(() =>
        pMap(
          others,
          async (path) => {
            const from = join(root, path);
            const real = await realpath(from).catch(() => undefined);
            if (real === undefined || !isBelow(root, real) || !(await stat(real)).isFile()) return;
            await mkdir(dirname(target(path)), { recursive: true });
            await copyFile(real, target(path));
          },
          { concurrency: 8 },
        ),
      );
    },
    async write(path, content) {
      await told(async () => {
        const file = target(path);
        await mkdir(dirname(file), { recursive: true });
        const unfinished = `${file}.darkroom-new`;
        try {
          const mode = await modeOf(join(root, path));
          await writeFile(unfinished, content, { mode });
          await rename(unfinished, file);
        } catch (error) {
          await rm(unfinished, { force: true });
          throw error;
        }
      });
    },
  };
}

const largestPage = 20e6;

const pageTooLarge = (bytes: number): Reason => ({
  code: "PAGE_TOO_LARGE",
  sentence: `The page has ${Math.ceil(bytes / 1e6)} MB and at most ${largestPage / 1e6} MB are read. Split it.`,
});
const notUtf8: Reason = {
  code: "NOT_UTF8",
  sentence: "The page is not UTF-8, so what is around its pictures could not be kept. Save it as UTF-8.",
};

function unreadable(error: unknown): Reason {
  if (!isFileTrouble(error)) throw error;
  return { code: "UNREADABLE", sentence: `This file cannot be read: ${fileTrouble(error)}.` };
}

const everythingIn = (folder: string) => `${escapePath(folder)}/**`;

const isBelow = (folder: string, path: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

async function realFolder(path: string): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    if (!isFileTrouble(cause)) throw cause;
    throw badFolder(`Expected a site's folder at ${path}, but ${fileTrouble(cause)}.`, cause);
  });
  if (!(await stat(real)).isDirectory()) throw badFolder(`Expected a site's folder at ${path}, but it is a file.`);
  return real;
}

/** Where a path leads that need not be there yet: its links followed as far as it is. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    if (error.code === "ENOENT") return join(await realTarget(dirname(path)), basename(path));
    throw badFolder(`Expected ${path} to be a folder or nothing yet, but ${fileTrouble(error)}.`, error);
  }
}

/** @throws CliError `BAD_FOLDER` where something that is to be a folder is a file, or lies below one. */
async function noFile(path: string): Promise<void> {
  const found = await stat(await realTarget(path)).catch((error: unknown) => {
    if (isFileTrouble(error) && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found?.isDirectory() === false)
    throw badFolder(`Expected ${path} to be a folder or nothing yet, but it is a file. Choose another.`);
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode;
  } catch (error) {
    if (isFileTrouble(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isFileTrouble(cause)) throw cause;
    throw badFolder(
      `Expected to write ${cause.path ?? "the site"}, but ${fileTrouble(cause)}. Choose another --out.`,
      cause,
    );
  }
}

const badFolder = (message: string, cause?: unknown) => new CliError("BAD_FOLDER", message, { cause });
