import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { nsfwjsAssets } from "../providers/moderators/nsfwjs-assets.ts";
import { replaceFiles } from "./replace-files.ts";

const root = resolve(import.meta.dirname, "..");

/**
 * Bundles one function into `dir`, and answers its size. Not minified, and without source maps: a
 * stack in the log then names the functions and lines of the very file that runs, and reading the
 * larger file costs a cold start a few milliseconds.
 */
export async function bundleActor(entry: string, dir: string): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: { index: entry },
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    // What is imported on demand stays in files of its own, and is not even read before.
    splitting: true,
    chunkNames: "[name]-[hash]",
    mainFields: ["module", "main"],
    // CommonJS packages inside expect a require; ES modules have none.
    banner: {
      js: `import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);`,
    },
    plugins: [sharpByRequire],
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  for (const { from, to } of assetsOf[basename(dir)] ?? []) files.set(to, await readFile(fromRoot.resolve(from)));
  return await replaceFiles(dir, files);
}

/** Bundles the policy pack into one CommonJS file: Pulumi requires it, and would take 13 s to start its TypeScript. */
export async function bundlePolicy(entry: string, file: string): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [entry],
    outfile: file,
    format: "cjs",
    external: ["@pulumi/*"],
  });
  return await replaceFiles(dirname(file), new Map([[basename(file), outputFiles[0]!.contents]]));
}

const common = {
  absWorkingDir: root,
  bundle: true,
  // Its own bundle: the other entry reads files beside itself as it loads, which are not in a function's folder.
  alias: { "css-tree": "css-tree/dist/csstree.esm" },
  write: false,
  platform: "node",
  target: "node24",
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
} satisfies BuildOptions;

const fromRoot = createRequire(resolve(root, "package.json"));
const assetsOf: Readonly<Record<string, readonly { from: string; to: string }[]>> = { moderate: nsfwjsAssets };

/** sharp comes from a layer, which Lambda names in NODE_PATH; only `require` looks there. */
const sharpByRequire: Plugin = {
  name: "sharp-by-require",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^sharp$/ }, ({ namespace }) =>
      namespace === "sharp" ? { path: "sharp", external: true } : { path: "sharp", namespace: "sharp" },
    );
    onLoad({ filter: /.*/, namespace: "sharp" }, () => ({ contents: `module.exports = require("sharp");` }));
  },
};
