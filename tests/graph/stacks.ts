import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll } from "vitest";
import { glueTables } from "../../handlers/export/glue.ts";
import darkroom from "../../index.ts";
import { capture } from "../../local/capture.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { readStackConfig } from "../../local/stack-config.ts";

const root = resolve(import.meta.dirname, "../..");
export const actors = [
  "ingest",
  "moderate",
  "resize",
  "compress",
  "publish",
  "forget",
  "archive",
  "restore",
  "reconcile",
  "api",
] as const;

export const buckets = ["incoming", "working", "quarantine", "dead-letters", "published", "site", "archived"] as const;

/** A folder as build.ts would fill it, with empty bundles: the graph does not look inside. */
const dist = mkdtempSync(join(tmpdir(), "darkroom-dist-"));
afterAll(() => rmSync(dist, { recursive: true }));
mkdirSync(join(dist, "layers/sharp"), { recursive: true });
for (const actor of [...actors, "pull", "write-back", "digest", "export", "announce", "discover"]) {
  mkdirSync(join(dist, actor));
  writeFileSync(join(dist, actor, "index.mjs"), "");
}
mkdirSync(join(dist, "tables"));
writeFileSync(join(dist, "tables/glue.json"), JSON.stringify(glueTables));
mkdirSync(join(dist, "web/icons"), { recursive: true });
export const page = [
  "app-7ZAQXOPY.js",
  "icons/192.png",
  "index.html",
  "manifest.webmanifest",
  "style-CDF7YX7A.css",
  "sw.js",
];
for (const file of page) writeFileSync(join(dist, "web", file), "");
export const program = () => darkroom(relative(root, dist));

/** The graph of a stack as its own file configures it, with some settings changed. */
export async function stackGraph(
  stack: string,
  changes: Record<string, unknown> = {},
  secrets: string[] = [],
  { preview = false } = {},
): Promise<Graph> {
  const config = Object.entries({ ...(await readStackConfig(stack)), ...changes });
  const texts = config.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  return capture({ stack, config: Object.fromEntries(texts), secrets, preview, program });
}

export const ofType = ({ resources }: Graph, type: string) => resources.filter((resource) => resource.type === type);

/** A resource by its logical name. */
export function named({ resources }: Graph, name: string): Resource {
  const found = resources.filter((resource) => resource.custom && resource.name === name);
  if (found.length !== 1) throw new Error(`Expected one resource ${name}, found ${found.length}.`);
  return found[0]!;
}
export const inputsOf = (graph: Graph, name: string) => named(graph, name).inputs as Record<string, never>;

export interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}
export const statements = (policy: unknown): Statement[] => JSON.parse(String(policy)).Statement;

/** All that a function's role may do, as `action resource` lines. */
export function leave(graph: Graph, actor: string): string[] {
  const { role } = inputsOf(graph, `${actor}-policy`);
  return ofType(graph, "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => inputs["role"] === role)
    .flatMap(({ inputs }) => statements(inputs["policy"]))
    .flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${Resource}`))
    .sort();
}

export const functions = (graph: Graph): Resource[] => ofType(graph, "aws:lambda/function:Function");
export const variablesOf = ({ inputs }: Resource) =>
  (inputs["environment"] as { variables: Record<string, string> }).variables;
