import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, build, type Metafile } from "esbuild";
import type { SourceKind } from "../providers/sources/types.ts";
import type { Comparison } from "./comparison.ts";

/** What one kind of source costs a function that makes it with `sourceFor`. */
export interface SourceWeight {
  readonly kind: SourceKind;
  /** Of the parts of the bundle that are loaded for it, in bytes. */
  readonly bytes: number;
  /** The same of all kinds together, over this one's. */
  readonly bytesRatio: number;
  /** SDKs in these parts. */
  readonly sdks: readonly string[];
  /** Whether its own is the only one, also in the functions that use sources, beside S3's for their own buckets. */
  readonly held: boolean;
  /** CPU time of a process that makes it, less one that does nothing, both measured in this run: median, in milliseconds. */
  readonly ms: number;
  /** CPU time of a process that makes all kinds, over one that makes this one: median of paired ratios. */
  readonly timeRatio: number;
}

const sdkOf: Readonly<Record<SourceKind, string | undefined>> = {
  s3: "@aws-sdk/client-s3",
  dropbox: "dropbox",
  "azure-blob": "@azure/storage-blob",
  "google-drive": "googleapis",
  folder: undefined,
};
const sdks = Object.values(sdkOf).filter((sdk) => sdk !== undefined);
const kinds = Object.keys(sdkOf) as SourceKind[];
const functions = ["pull", "write-back"];

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
    const outputs = await bundleInto(dir, { stdin });
    const deployed = await Promise.all(
      functions.map((name) => bundleInto(join(dir, name), { entryPoints: { index: `handlers/${name}.lambda.ts` } })),
    );
    const all = bytesOf(
      kinds.flatMap((kind) => [...loadedFor(kind, outputs)]),
      outputs,
    );
    const weights: SourceWeight[] = [];
    for (const kind of kinds) {
      say(`sources: ${kind}`);
      const bytes = bytesOf(loadedFor(kind, outputs), outputs);
      const inside = sdksFor(kind, outputs);
      const own = sdkOf[kind] ?? "";
      const beside = deployed.map((each) => sdksFor(kind, each).filter((sdk) => sdk !== sdkOf.s3 && sdk !== own));
      weights.push({
        kind,
        bytes,
        bytesRatio: all / bytes,
        sdks: inside,
        held: inside.join() === own && beside.every((others) => others.length === 0),
        ...(await startOf(join(dir, "index.mjs"), kind, rounds)),
      });
    }
    return weights;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Of bytes and of time, for each kind that has an SDK. A kind that loads another's SDK holds nothing. */
export const sourceComparisons = (weights: readonly SourceWeight[]): readonly Comparison[] =>
  weights.flatMap(({ kind, held, bytesRatio, timeRatio }) => {
    const goals = goalsOf[kind];
    if (goals === undefined) return [];
    const compared = (what: string, ratio: number, goal: number): Comparison => ({
      name: `all sources / ${kind} alone, ${what}`,
      ratio,
      goal,
      held: held && ratio >= goal,
    });
    return [compared("bytes loaded", bytesRatio, goals.bytes), compared("CPU time to start", timeRatio, goals.time)];
  });

/** A line of a table for a person. */
export const weightLine = ({ kind, bytes, sdks: inside, held, ms }: SourceWeight) =>
  `${held ? "held  " : "missed"}  ${kind.padEnd(13)}${`${Math.round(bytes / 1000)} KB`.padStart(9)}${`+${Math.round(ms)} ms`.padStart(9)}  ${inside.join(", ") || "no SDK"}`;

const goalsOf: Readonly<Partial<Record<SourceKind, { readonly bytes: number; readonly time: number }>>> = {
  s3: { bytes: 2, time: 1.1 },
  dropbox: { bytes: 3.5, time: 1.5 },
  "azure-blob": { bytes: 1.5, time: 1.05 },
  "google-drive": { bytes: 2, time: 1.3 },
};

const root = resolve(import.meta.dirname, "..");

/** Makes each source that its argument describes, and says what CPU time all of it took, in milliseconds. */
const stdin = {
  contents: `
    import { sourceFor } from "./providers/sources/index.ts";
    for (const [options, secret] of JSON.parse(process.argv[2] ?? "[]"))
      await sourceFor(options, { secret: async () => secret && JSON.stringify(secret) });
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1000);`,
  resolveDir: root,
  sourcefile: "index.ts",
  loader: "ts",
} as const;

/** With the settings of build/bundle.ts that matter to size and loading. */
async function bundleInto(outdir: string, what: Pick<BuildOptions, "stdin" | "entryPoints">): Promise<Outputs> {
  const { metafile } = await build({
    ...what,
    absWorkingDir: root,
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
  return metafile.outputs;
}

type Outputs = Metafile["outputs"];

/** Outputs that are read when this kind is made: the entry, its own part, and what these import at once. */
function loadedFor(kind: SourceKind, outputs: Outputs): ReadonlySet<string> {
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

function sdksFor(kind: SourceKind, outputs: Outputs): readonly string[] {
  const inputs = [...loadedFor(kind, outputs)].flatMap((path) => Object.keys(outputs[path]!.inputs));
  return sdks.filter((sdk) => inputs.some((path) => path.includes(`node_modules/${sdk}/`)));
}

const bytesOf = (paths: Iterable<string>, outputs: Outputs) =>
  [...new Set(paths)].reduce((sum, path) => sum + outputs[path]!.bytes, 0);

async function startOf(bundle: string, kind: SourceKind, rounds: number) {
  const more: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [nothing, one, all] = [await timed(bundle, []), await timed(bundle, [kind]), await timed(bundle, kinds)];
    more.push(one - nothing);
    ratios.push(all / one);
  }
  return { ms: median(more), timeRatio: median(ratios) };
}

const run = promisify(execFile);

async function timed(bundle: string, what: readonly SourceKind[]): Promise<number> {
  const described = what.map((kind) => {
    const [options, secret] = made[kind];
    return [{ name: "bench", kind, every: "5 minutes", ...options }, secret];
  });
  return Number((await run(process.execPath, [bundle, JSON.stringify(described)])).stdout);
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
