import { execFile } from "node:child_process";
import type { Graph, Resource } from "../graph.ts";
import { commandOf, isNode } from "../lambda/runtimes.ts";
import type { FunctionConfig } from "../lambda/types.ts";
import { find, ofType, text } from "../lookup.ts";
import { codeDirOf } from "./functions.ts";

type Runs = Pick<FunctionConfig, "runtime" | "codeDir">;

/**
 * The graph without the mappings of those functions whose language this machine does not speak, and a sentence about
 * each: they rest, and the others go on.
 */
export async function restingIn(
  graph: Graph,
): Promise<{ readonly graph: Graph; readonly sentences: readonly string[] }> {
  const found = await Promise.all(
    ofType(graph, "aws:lambda/function:Function").map(async (fn) => {
      const lack = await lackOf({ runtime: text(fn, "runtime", "inputs"), codeDir: codeDirOf(fn) });
      return { fn, lack };
    }),
  );
  const resting = found.filter(({ lack }) => lack !== undefined);
  const arns = resting.map(({ fn }) => text(fn, "arn"));
  const rests = ({ type, inputs }: Resource) => {
    if (type !== "aws:lambda/eventSourceMapping:EventSourceMapping") return false;
    const fn = find(graph, "aws:lambda/function:Function", inputs["functionName"]);
    return fn !== undefined && arns.includes(text(fn, "arn"));
  };
  return {
    graph: { ...graph, resources: graph.resources.filter((resource) => !rests(resource)) },
    sentences: resting.map(
      ({ fn, lack }) => `The actor ${fn.name.replace(/^custom-|-fn$/g, "")} rests, as ${lack}; all else works.`,
    ),
  };
}

/** What this machine has not; undefined where it can run the function. */
export async function lackOf({ runtime, codeDir }: Runs): Promise<string | undefined> {
  if (isNode({ runtime })) return undefined;
  const command = commandOf({ runtime, codeDir });
  if (runtime.startsWith("python")) {
    const missing = "this machine has no python3 with boto3 (Debian: apt-get install python3-boto3)";
    return command !== undefined && (await canImport(command[0]!, "boto3")) ? undefined : missing;
  }
  if (command !== undefined) return undefined;
  if (runtime.startsWith("provided.")) return "its folder has no bootstrap that this machine can run";
  return `the laptop runs nothing in ${runtime}`;
}

/** Asked with the environment that functions have, in which a person's own packages may be out of sight. */
const canImport = (python: string, module: string) =>
  new Promise<boolean>((resolve) => {
    execFile(python, ["-c", `import ${module}`], { env: {}, timeout: 20_000 }, (error) => resolve(error === null));
  });
