import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { authenticate } from "../signature.ts";
import { signedRequest } from "../signed-request.ts";
import type { Call, Endpoint, EndpointDeps } from "../types.ts";
import { ServiceError } from "./service-error.ts";

export interface JsonProtocolDeps {
  /** Before the operation in `X-Amz-Target`, such as `DynamoDB_20120810`. */
  readonly target: string;
  readonly contentType: string;
  readonly deps: EndpointDeps;
  readonly authenticate: typeof authenticate;
  /** One operation's answer. `allow` @throws ServiceError `AccessDeniedException` when the caller's policies refuse. */
  readonly answer: (
    operation: string,
    input: Readonly<Record<string, unknown>>,
    allow: (call: Call) => void,
    region: string,
  ) => Promise<object>;
}

/** An endpoint of AWS's JSON protocols: the operation in a header, its input and output as JSON. */
export function jsonProtocol({ target, contentType, deps, authenticate, answer }: JsonProtocolDeps): Endpoint {
  async function handle(request: IncomingMessage) {
    const { body, allow, region } = await signedRequest(request, { ...deps, authenticate });
    const [service, operation] = String(request.headers["x-amz-target"]).split(".");
    if (service !== target || operation === undefined)
      throw new ServiceError(
        "UnknownOperationException",
        `Expected the header X-Amz-Target to name an operation of ${target}, but received ${request.headers["x-amz-target"]}.`,
      );
    return answer(operation, parseJson(body), allow, region);
  }

  return async (request, response) => {
    const { status, body } = await handle(request).then(
      (output) => ({ status: 200, body: output }),
      (error) => {
        // A caller who went away half-way, as a function does that is stopped, is owed no answer.
        if (!request.complete) return { status: 400, body: {} };
        if (!(error instanceof ServiceError)) throw error;
        return { status: error.status, body: { __type: error.code, message: error.message, ...error.details } };
      },
    );
    response.writeHead(status, { "content-type": contentType, "x-amzn-requestid": randomUUID() });
    response.end(JSON.stringify(body));
  };
}

/** @throws ServiceError `SerializationException` */
export function parseJson(body: Buffer): Record<string, unknown> {
  try {
    const input = JSON.parse(body.toString()) as unknown;
    if (typeof input === "object" && input !== null) return input as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceError("SerializationException", "Expected the request's body to be a JSON object.");
}
