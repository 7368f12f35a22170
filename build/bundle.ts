import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { nsfwjsAssets } from "../providers/moderators/nsfwjs-assets.ts";
import { replaceFiles } from "./replace-files.ts";

const root = resolve(import.meta.dirname, "..");

export interface Bundled {
  /** By name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files of which something is in it, from the root of the project. */
  readonly inputs: readonly string[];
}

/** Bundles one function into `dir`, and answers its size. */
export const bundleActor = async (entry: string, dir: string): Promise<string> =>
  await replaceFiles(dir, (await actorBundle(entry, basename(dir))).files);

/**
 * One function's bundle. Not minified, and without source maps: a stack in the log then names the functions and
 * lines of the very file that runs, and reading the larger file costs a cold start a few milliseconds.
 */
export async function actorBundle(entry: string, name: string): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { index: entry },
    // Nothing is written there.
    outdir: resolve(root, "dist", name),
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
  const assets = assetsOf[name] ?? [];
  for (const { from, to } of assets) files.set(to, await readFile(fromRoot.resolve(from)));
  return {
    files,
    inputs: [...inputsOf(metafile), ...assets.map(({ from }) => relative(root, fromRoot.resolve(from)))],
  };
}

/** Bundles the policy pack into one CommonJS file: Pulumi requires it, and would take 13 s to start its TypeScript. */
export const bundlePolicy = async (entry: string, file: string): Promise<string> =>
  await replaceFiles(dirname(file), (await policyBundle(entry, basename(file))).files);

export async function policyBundle(entry: string, name: string): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: [entry],
    outfile: resolve(root, "dist", name),
    format: "cjs",
    external: ["@pulumi/*"],
  });
  return { files: new Map([[name, outputFiles[0]!.contents]]), inputs: inputsOf(metafile) };
}

/** What esbuild took something of: what it read and dropped again is nobody's concern. */
export const inputsOf = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input),
  );

const common = {
  absWorkingDir: root,
  bundle: true,
  // Its own bundle: the other entry reads files beside itself as it loads, which are not in a function's folder.
  alias: { "css-tree": "css-tree/dist/csstree.esm" },
  write: false,
  metafile: true,
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
