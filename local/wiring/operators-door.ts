import { accountId } from "../answers.ts";
import type { Identity } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { createFunctionUrl } from "../lambda/function-url.ts";
import type { Invoke } from "../lambda/types.ts";
import { need, ofType, text } from "../lookup.ts";
import { plain, type Route } from "../router.ts";

interface OperatorsDoorDeps {
  /** Of a function, by its ARN. */
  readonly invokeOf: (functionArn: string) => Invoke;
  /** On AWS a caller signs; on a laptop whoever sits at it is the caller. */
  readonly caller: Identity;
  /** Path of the host under which it stands. */
  readonly prefix: string;
}

/** The function with a URL is the API, and its URL is for operators: for their programs, never for a page in their browser. */
export function operatorsDoor(graph: Graph, { invokeOf, caller, prefix }: OperatorsDoorDeps): Route {
  const [url] = ofType(graph, "aws:lambda/functionUrl:FunctionUrl");
  if (url === undefined) throw new Error("GRAPH_BROKEN: expected a function URL for the API, but the graph has none.");
  const target = need(graph, "aws:lambda/function:Function", url.inputs["functionName"], url.name);
  const invoke = invokeOf(text(target, "arn"));
  const domainName = new URL(text(url, "functionUrl")).host;
  const open = createFunctionUrl({ invoke, domainName, accountId, prefix, callerOf: () => caller });
  return async (request, response) => {
    // A page of any site can make its visitor's browser ask; these two headers it cannot hold back.
    if (request.headers.origin !== undefined || request.headers["sec-fetch-site"] !== undefined)
      return plain(
        response,
        403,
        "This door is for programs such as the darkroom command. A browser comes in by the page.",
      );
    return open(request, response);
  };
}
