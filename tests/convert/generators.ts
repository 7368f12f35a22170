import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import markdown from "@metalsmith/markdown";
import Metalsmith from "metalsmith";
import { build } from "vite";
import { root } from "../cli/command.ts";
import { writeSite } from "./site.ts";

type Files = Readonly<Record<string, string | Buffer>>;

/** A real site generator: writes its input into a folder, builds it, answers the folder of the result. */
export interface Generator {
  readonly name: string;
  generate(dir: string, pictures: Files): Promise<string>;
}

const prefixed = (prefix: string, files: Files) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${prefix}${path}`, content]));

const css = `body{margin:0;font:16px sans-serif}img{max-width:100%;height:auto}.row{display:flex;gap:8px}.row img{width:50%}
.hero{height:200px;background:url(/img/hero.jpg) center/cover}`;
const head =
  '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css">';

const eleventy: Generator = {
  name: "Eleventy",
  async generate(dir, pictures) {
    await writeSite(dir, {
      ...prefixed("img/", pictures),
      "site.css": css,
      "_includes/page.liquid": `<!doctype html><html><head>${head}<title>{{ title }}</title></head><body>{{ content }}</body></html>`,
      "index.md":
        '---\nlayout: page.liquid\ntitle: Front\n---\n# Front\n\n![One](/img/one.jpg)\n\n<div class="hero"></div>\n',
      "posts/first.liquid":
        '---\nlayout: page.liquid\ntitle: First\n---\n{% assign list = "one,two" | split: "," %}<div class="row">{% for name in list %}<img src="/img/{{ name }}.jpg" alt="{{ name }}">{% endfor %}</div>\n',
      "eleventy.config.mjs":
        'export default (config) => { config.addPassthroughCopy("img"); config.addPassthroughCopy("site.css"); };\n',
    });
    const command = join(root, "node_modules/.bin/eleventy");
    await promisify(execFile)(process.execPath, [command, "--quiet"], { cwd: dir });
    return join(dir, "_site");
  },
};

const metalsmith: Generator = {
  name: "Metalsmith",
  async generate(dir, pictures) {
    await writeSite(join(dir, "src"), {
      ...prefixed("img/", pictures),
      "site.css": css,
      "index.md":
        "# Front\n\n![One](img/one.jpg) and ![two][2]\n\n<div class=\"hero\"></div>\n\n[2]: img/two.jpg 'Two'\n",
      "posts/first.md": "Text ![One](../img/one.jpg)\n",
    });
    const layout = (files: Metalsmith.Files) => {
      for (const [path, file] of Object.entries(files))
        if (path.endsWith(".html"))
          file.contents = Buffer.from(
            `<!DOCTYPE html>\n<html>\n<head>${head}</head>\n<body>\n${file.contents}</body>\n</html>\n`,
          );
    };
    await Metalsmith(dir).source("src").destination("build").use(markdown()).use(layout).build();
    return join(dir, "build");
  },
};

/** Bundles: pictures get hashed names, style sheets are made small, paths are rewritten. */
const vite: Generator = {
  name: "Vite",
  async generate(dir, pictures) {
    await writeSite(dir, {
      ...prefixed("img/", pictures),
      "site.css": css.replace("/img/", "./img/"),
      "index.html": `<!doctype html><html><head>${head}</head><body><img src="./img/one.jpg" alt="One" width="300" height="200"><div class="row"><img src="./img/two.jpg" srcset="./img/two.jpg 1x, ./img/two-dense.jpg 2x"></div><div class="hero"></div><script type="module" src="./main.js"></script></body></html>`,
      "second/index.html": `<!doctype html><html><head>${head}</head><body><picture><source media="(min-width: 600px)" srcset="../img/one.jpg"><img src="../img/two.jpg"></picture></body></html>`,
      "main.js": "document.body.dataset.ready = 'yes';\n",
    });
    await build({
      root: dir,
      configFile: false,
      logLevel: "silent",
      build: {
        assetsInlineLimit: 0,
        rollupOptions: { input: [join(dir, "index.html"), join(dir, "second/index.html")] },
      },
    });
    return join(dir, "dist");
  },
};

export const generators: readonly Generator[] = [eleventy, metalsmith, vite];
