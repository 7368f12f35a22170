import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { bundleActor, bundlePolicy } from "./build/bundle.ts";
import { replaceFiles } from "./build/replace-files.ts";
import { sharpLayer, sharpLayerPlaceholder } from "./build/sharp-layer.ts";
import { glueTables } from "./handlers/export/glue.ts";
import { buildWeb, weightOf } from "./web/build.ts";

export interface BuildOptions {
  /** Folder with the functions' entries, `<name>.lambda.ts`. @default handlers */
  readonly handlers?: string;
  /** Folder that is filled. @default dist */
  readonly out?: string;
  /** Build this part alone: a function, `sharp-layer`, `web`, `tables` or `policy`. */
  readonly only?: string;
  /** Leave out the layer for AWS, which has to be fetched: nothing here needs it. */
  readonly local?: boolean;
  /** Is told of each finished part. */
  readonly say?: (line: string) => void;
}

const root = import.meta.dirname;

/** Makes everything that index.ts deploys. An unchanged tree gives unchanged bytes. */
export async function build({
  handlers = "handlers",
  out = "dist",
  only,
  local = false,
  say = () => {},
}: BuildOptions = {}): Promise<void> {
  const [from, to] = [resolve(root, handlers), resolve(root, out)];
  const suffix = ".lambda.ts";
  const actors = (await readdir(from))
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
  const layerDir = resolve(to, "layers/sharp");
  const parts: Record<string, () => Promise<string>> = {
    ...Object.fromEntries(
      actors.map((name) => [name, () => bundleActor(resolve(from, name + suffix), resolve(to, name))]),
    ),
    "sharp-layer": () => (local ? sharpLayerPlaceholder(layerDir) : sharpLayer(layerDir)),
    web: async () => weightOf(await buildWeb(resolve(to, "web"))),
    tables: () =>
      replaceFiles(resolve(to, "tables"), new Map([["glue.json", Buffer.from(JSON.stringify(glueTables))]])),
    policy: () => bundlePolicy(resolve(root, "policy/index.ts"), resolve(to, "policy/index.cjs")),
  };
  if (only !== undefined && !(only in parts))
    throw new Error(`PART_UNKNOWN: Expected --only to name one of ${Object.keys(parts).join(", ")}, received ${only}.`);
  for (const [name, make] of Object.entries(parts))
    if (only === undefined || only === name) say(`${name.padEnd(12)} ${await make()}`);
}

if (import.meta.main)
  await new Command("node build.ts")
    .description(
      "Makes in dist/ what is deployed: a bundle for each function, the layer with sharp, the page, and the export's tables.",
    )
    .option("--only <part>", "one function, sharp-layer, web, tables or policy")
    .option("--local", "without the layer for AWS; enough for npm start, and needs no network")
    .action(async (flags: { only?: string; local?: true }) => {
      try {
        await build({ ...flags, say: console.log });
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    })
    .parseAsync();
