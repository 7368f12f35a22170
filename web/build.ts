import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface WebFile {
  /** Path inside `outDir`. */
  readonly path: string;
  readonly bytes: number;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const favicon = "favicon.svg";

/**
 * Builds the page into `outDir`, which it empties first. Script and style carry a hash of their
 * content in their names, so they may be cached for ever; index.html and the icon may not.
 */
export async function buildWeb(outDir: string): Promise<WebFile[]> {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [join(here, "app.ts"), join(here, "style.css")],
    entryNames: "[name]-[hash]",
    outdir: outDir,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome109", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    loader: { ".svg": "text" },
    write: false,
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: basename(path), contents }));
  const named = (start: string, end: string) =>
    files.find(({ path }) => path.startsWith(start) && path.endsWith(end))?.path ?? `${start}${end}`;

  const html = await withIcons(await readFile(join(here, "index.html"), "utf8"));
  const index = html
    .replace('src="app.ts"', `src="${named("app", ".js")}"`)
    .replace('href="style.css"', `href="${named("style", ".css")}"`)
    .replaceAll(`icons/${favicon}`, favicon);
  files.push({ path: "index.html", contents: Buffer.from(index) });

  for (const { path, contents } of files) await writeFile(join(outDir, path), contents);
  await copyFile(join(here, "icons", favicon), join(outDir, favicon));
  return files.map(({ path, contents }) => ({ path, bytes: contents.byteLength }));
}

/** Puts web/icons/<name>.svg where index.html says `data-icon="<name>"`, so that the shell is whole before any script runs. */
async function withIcons(html: string): Promise<string> {
  const parts = html.split(/<svg class="icon" aria-hidden="true" data-icon="(\w+)"><\/svg>/);
  for (let at = 1; at < parts.length; at += 2) {
    const drawing = await readFile(join(here, "icons", `${parts[at]}.svg`), "utf8");
    parts[at] = drawing.trim().replace("<svg ", '<svg class="icon" ');
  }
  return parts.join("");
}
