import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { build, type Metafile } from "esbuild";
import type { SourceKind } from "../providers/sources/types.ts";

/** What one kind of source costs a function that makes it with `sourceFor`. */
export interface SourceWeight {
  readonly kind: SourceKind;
  /** Of the parts of the bundle that are loaded for it, in bytes. */
  readonly bytes: number;
  /** SDKs in these parts. */
  readonly sdks: readonly string[];
  /** Whether its own is the only one. */
  readonly held: boolean;
  /** A process that makes it, less one that does nothing, both measured in this run: median, in milliseconds. */
  readonly ms: number;
}

const sdkOf: Readonly<Record<SourceKind, string | undefined>> = {
  s3: "@aws-sdk/client-s3",
  dropbox: "dropbox",
  "azure-blob": "@azure/storage-blob",
  "google-drive": "googleapis",
  folder: undefined,
};
const sdks = Object.values(sdkOf).filter((sdk) => sdk !== undefined);

const oauth = { clientId: "id", clientSecret: "secret", refreshToken: "token" };
/** An entry of the config and its secret; nothing is asked of any service. */
const made: Readonly<Record<SourceKind, readonly [options: object, secret?: object]>> = {
  s3: [{ bucket: "originals", region: "eu-west-1" }],
  dropbox: [{ path: "" }, oauth],
  "azure-blob": [{ account: "studio", container: "raw" }, { sas: "sv=1&sig=1" }],
  "google-drive": [{ folder: "1AbC" }, oauth],
  folder: [{ path: "." }],
};

export interface SourceBenchOptions {
  /** Pairs of processes for each kind; 0 leaves the time out. */
  readonly rounds: number;
  readonly say?: (text: string) => void;
}

/** One bundle for all kinds, as functions are bundled, and what of it each kind loads. */
export async function sourceBench({ rounds, say = () => {} }: SourceBenchOptions): Promise<readonly SourceWeight[]> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-bench-"));
  try {
    const { outputs } = await bundleInto(dir);
    const weights: SourceWeight[] = [];
    for (const kind of Object.keys(sdkOf) as SourceKind[]) {
      say(kind);
      const parts = [...loadedFor(kind, outputs)].map((path) => outputs[path]!);
      const inputs = parts.flatMap((part) => Object.keys(part.inputs));
      const inside = sdks.filter((sdk) => inputs.some((path) => path.startsWith(`node_modules/${sdk}/`)));
      weights.push({
        kind,
        bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
        sdks: inside,
        held: inside.join() === (sdkOf[kind] ?? ""),
        ms: await startOf(join(dir, "index.mjs"), kind, rounds),
      });
    }
    return weights;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const root = resolve(import.meta.dirname, "..");

/** With the settings of build/bundle.ts that matter to size and loading. */
async function bundleInto(outdir: string): Promise<Metafile> {
  const contents = `
    import { sourceFor } from "./providers/sources/index.ts";
    if (process.argv[2]) {
      const [options, secret] = JSON.parse(process.argv[2]);
      await sourceFor(options, { secret: async () => secret && JSON.stringify(secret) });
    }`;
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, sourcefile: "index.ts", loader: "ts" },
    entryNames: "index",
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    metafile: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "silent",
    banner: {
      js: `import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);`,
    },
  });
  return metafile;
}

/** Outputs that are read when this kind is made: the entry, its own part, and what these import at once. */
function loadedFor(kind: SourceKind, outputs: Metafile["outputs"]): ReadonlySet<string> {
  const own = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === `providers/sources/${kind}.ts`);
  const entry = Object.entries(outputs).find(([path]) => path.endsWith("/index.mjs"));
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind: how } of outputs[path]!.imports)
      if (how === "import-statement" && next in outputs) load(next);
  };
  for (const [path] of [entry!, own!]) load(path);
  return loaded;
}

async function startOf(bundle: string, kind: SourceKind, rounds: number): Promise<number> {
  const [options, secret] = made[kind];
  const argument = JSON.stringify([{ name: "bench", kind, every: "5 minutes", ...options }, secret]);
  const more: number[] = [];
  for (let round = 0; round < rounds; round++)
    more.push(-(await timed(["-e", "0"])) + (await timed([bundle, argument])));
  return more.sort((a, b) => a - b)[Math.floor(more.length / 2)] ?? 0;
}

const run = promisify(execFile);

async function timed(args: readonly string[]): Promise<number> {
  const start = performance.now();
  await run(process.execPath, args);
  return performance.now() - start;
}

if (import.meta.main)
  await new Command("node bench/sources.ts")
    .description("What each kind of source brings into a function: bytes and time to load, against loading nothing.")
    .option("--rounds <n>", "pairs of processes for each kind", Number, 5)
    .option("--json", "an array of {kind, bytes, sdks, held, ms}")
    .action(async ({ rounds, json }: { rounds: number; json?: true }) => {
      const weights = await sourceBench({ rounds, say: (text) => process.stderr.write(`${text}\n`) });
      if (json) process.stdout.write(`${JSON.stringify(weights, null, 2)}\n`);
      else
        for (const { kind, bytes, sdks: inside, held, ms } of weights)
          console.log(
            `${held ? "held  " : "missed"}  ${kind.padEnd(13)}${`${Math.round(bytes / 1000)} KB`.padStart(9)}${`+${Math.round(ms)} ms`.padStart(9)}  ${inside.join(", ") || "no SDK"}`,
          );
      process.exitCode = weights.every(({ held }) => held) ? 0 : 1;
    })
    .parseAsync();
