import type { IncomingMessage } from "node:http";
import type { PlainAnswer } from "../http.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import { jsonAnswer, restJson } from "./rest-json.ts";
import { signedRequest } from "./signed-request.ts";
import type { Endpoint, EndpointDeps } from "./types.ts";

export interface LambdaOptions {
  /** ARNs of the functions, by their names. */
  readonly functions: ReadonlyMap<string, string>;
  /** Keeps an event for a function that is invoked asynchronously. */
  readonly invokeAsync: (functionArn: string, event: unknown) => void;
  readonly deps: EndpointDeps;
}

/** Lambda as far as functions use it: Invoke, asynchronously, by name or ARN. */
export function lambdaEndpoint({ functions, invokeAsync, deps }: LambdaOptions): Endpoint {
  async function handle(request: IncomingMessage): Promise<PlainAnswer> {
    const { body, allow } = await signedRequest(request, deps);
    const [, wanted] = /\/2015-03-31\/functions\/([^/?]+)\/invocations$/.exec(request.url ?? "") ?? [];
    const type = request.headers["x-amz-invocation-type"];
    if (request.method !== "POST" || wanted === undefined || type !== "Event")
      throw new ServiceError(
        "InvalidParameterValueException",
        `Expected Invoke of InvocationType Event, but received ${request.method} ${request.url} (${type}), which the laptop's Lambda does not have.`,
      );
    const arn = arnOf(decodeURIComponent(wanted));
    allow({ action: "lambda:InvokeFunction", resource: arn });
    invokeAsync(arn, eventIn(body));
    return jsonAnswer(202);
  }

  function arnOf(wanted: string): string {
    const found = [...functions].find((each) => each.includes(wanted));
    if (found !== undefined) return found[1];
    throw new ServiceError("ResourceNotFoundException", `Function not found: ${wanted}`, { status: 404 });
  }

  return restJson(handle);
}

/** Any JSON. */
function eventIn(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceError("InvalidRequestContentException", `Expected a payload of JSON, but ${error.message}.`);
  }
}
