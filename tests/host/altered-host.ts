import { onTestFinished } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";

/** A host of the stack `dev` on this data folder, with another graph than its own. Closes with the test at the latest. */
export async function startAltered(dir: string, alter: (graph: Graph) => Graph = (graph) => graph): Promise<Host> {
  const host = await startHost({ port: 0, dir, stack: "dev", alter, say: () => {}, log: () => {} });
  let open = true;
  const close = async () => {
    if (open) await host.close();
    open = false;
  };
  onTestFinished(close);
  return { ...host, close };
}
