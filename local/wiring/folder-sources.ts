import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

type Config = Readonly<Record<string, string>>;
interface Entry {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly path?: unknown;
}

const sourcesKey = "darkroom:sources";
const inbox = "inbox";
const root = resolve(import.meta.dirname, "../..");

/**
 * The config of a stack on a machine that has folders: sources may be of that kind, and one of
 * them is there out of the box, made at the first start. Answers its path too, if the stack has
 * not a source of that name itself.
 */
export async function withFolders(
  config: Config,
  dir: string,
): Promise<{ readonly config: Config; readonly inbox?: string }> {
  const allowed = { ...config, "darkroom:folders": "true" };
  const sources = sourcesOf(config[sourcesKey]);
  if (sources === undefined) return { config: allowed };
  const taken = sources.some((source) => source?.name === inbox);
  const path = join(dir, inbox);
  if (!taken) await mkdir(path, { recursive: true });
  // What is copied in on the same machine is soon whole.
  const own = { name: inbox, kind: "folder", path, every: "1 minute", settleSeconds: 2 };
  const all = [...sources.map(fromRoot), ...(taken ? [] : [own])];
  return { config: { ...allowed, [sourcesKey]: JSON.stringify(all) }, ...(!taken && { inbox: path }) };
}

/** Undefined for what the program itself will refuse, in its own words. */
function sourcesOf(text = "[]"): readonly (Entry | null)[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A function stands in its bundle's folder; its path is meant from the project's. */
const fromRoot = (source: Entry | null): Entry | null =>
  source?.kind === "folder" && typeof source.path === "string"
    ? { ...source, path: resolve(root, source.path) }
    : source;
