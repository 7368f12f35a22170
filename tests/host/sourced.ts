import { writeFile } from "node:fs/promises";
import { captureApart } from "../../local/capture.ts";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { laptopConfig } from "../../local/wiring/laptop-config.ts";
import { sourceSecretsFile } from "../../local/wiring/source-secrets.ts";

export interface SourcedHost extends Host {
  /** What the functions logged, as they said it. */
  readonly lines: readonly { readonly name: string; readonly line: string }[];
  /** What the host itself said. */
  readonly said: readonly string[];
}

/** A host of the stack `dev` as if its file named these sources and repositories, with their secrets in the data folder. */
export async function startSourced(
  dir: string,
  sources: readonly { readonly name: string; readonly kind: string; readonly [option: string]: unknown }[],
  secrets: Readonly<Record<string, object>> = {},
  spoil: (graph: Graph) => Graph = (graph) => graph,
  /** Further config of the stack. */
  more: Readonly<Record<string, string>> = {},
  repositories: readonly object[] = [],
): Promise<SourcedHost> {
  await writeFile(sourceSecretsFile(dir), JSON.stringify(secrets), { mode: 0o600 });
  // The host's address is known only once it is up; its own graph tells it.
  const later = "http://127.0.0.1:1";
  const addresses = { site: later, published: `${later}/published`, mailbox: `${later}/mailbox` };
  const { config, secrets: hidden } = await laptopConfig("dev", dir, addresses);
  const withSources = {
    ...config,
    ...more,
    "darkroom:sources": JSON.stringify(sources),
    "darkroom:repositories": JSON.stringify(repositories),
  };
  const text = JSON.stringify(await captureApart({ stack: "dev", config: withSources, secrets: hidden }));
  const said: string[] = [];
  const lines: { name: string; line: string }[] = [];
  // The file is for the capture above: the host's own program knows nothing of these sources.
  await writeFile(sourceSecretsFile(dir), "{}", { mode: 0o600 });
  const host = await startHost({
    port: 0,
    dir,
    stack: "dev",
    say: (text) => said.push(text),
    log: ({ name, line }) => lines.push({ name, line }),
    alter: ({ outputs }) => spoil(JSON.parse(text.replaceAll(later, String(outputs["siteUrl"]))) as Graph),
  });
  return { ...host, lines, said };
}
