import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { webFiles } from "../../web/build.ts";
import { actorBundle, type Bundled, policyBundle } from "../bundle.ts";
import { nativeLibraries } from "./native.ts";
import { type Package, packagesOf, packagesOfLayer } from "./packages.ts";

/** One thing that is deployed, and whose work is in it. */
export interface Part {
  readonly name: string;
  /** Its own files by name, as the build makes them; of the layer, which npm fills, none. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly packages: readonly Package[];
}

/** All parts: a function each, the layer with sharp, the pages, and the policy pack. Nothing is written. */
export async function partsOf(): Promise<Part[]> {
  const entries = (await readdir(handlers)).filter((file) => file.endsWith(suffix)).sort();
  const parts: Part[] = [];
  for (const file of entries) {
    const name = file.slice(0, -suffix.length);
    parts.push(bundlePart(name, await actorBundle(resolve(handlers, file), name)));
  }
  const layer = [...(await packagesOfLayer()), ...nativeLibraries()];
  const web = await webFiles();
  return [
    ...parts,
    { name: "sharp-layer", files: new Map(), packages: layer },
    bundlePart("web", {
      files: new Map(web.files.map(({ path, contents }) => [path, contents])),
      inputs: web.inputs,
    }),
    bundlePart("policy", await policyBundle(resolve(root, "policy/index.ts"), "index.cjs")),
  ];
}

const root = resolve(import.meta.dirname, "../..");
const handlers = resolve(root, "handlers");
const suffix = ".lambda.ts";

const bundlePart = (name: string, { files, inputs }: Bundled): Part => ({ name, files, packages: packagesOf(inputs) });
