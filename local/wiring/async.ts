import type { Queues } from "../aws/sqs/types.ts";
import type { Graph } from "../graph.ts";
import { type AsyncConfig, type AsyncDeps, createAsyncInvoker } from "../lambda/async-invoke.ts";
import type { LambdaFunction } from "../lambda/types.ts";
import { ofType } from "../lookup.ts";

interface AsyncInvokers {
  /** Keeps an event for a function, by its ARN; it runs as soon as the function can. */
  send(functionArn: string, event: unknown): void;
  close(): Promise<void>;
}

/** Asynchronous invocation of every function, as its FunctionEventInvokeConfig says. */
export function asyncInvokers(
  graph: Graph,
  functions: readonly LambdaFunction[],
  deps: { readonly queues: Queues; readonly warn: AsyncDeps["warn"] } & {
    readonly deadLetter: (fn: LambdaFunction, ...given: Parameters<AsyncDeps["deadLetter"]>) => Promise<void>;
  },
): AsyncInvokers {
  const invokers = new Map(
    functions.map((fn) => {
      const { name, arn: functionArn, timeoutSeconds } = fn.config;
      const inputs = ofType(graph, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").find((each) =>
        [name, functionArn].includes(each.inputs["functionName"] as string),
      )?.inputs as Partial<AsyncConfig> | undefined;
      const own = {
        ...deps,
        invoke: fn.invoke,
        deadLetter: (...given: Parameters<AsyncDeps["deadLetter"]>) => deps.deadLetter(fn, ...given),
      };
      return [functionArn, createAsyncInvoker({ ...inputs, functionArn, timeoutSeconds }, own)] as const;
    }),
  );
  return {
    send(functionArn, event) {
      const invoker = invokers.get(functionArn);
      if (invoker === undefined)
        throw new Error(`GRAPH_BROKEN: an event is for ${functionArn}, but no function has that ARN.`);
      invoker.send(event);
    },
    async close() {
      await Promise.all([...invokers.values()].map((invoker) => invoker.close()));
    },
  };
}
