import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type authenticate, SignatureError, type SignatureErrorCode } from "../signature.ts";
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
  ) => Promise<object>;
}

/** An endpoint of AWS's JSON protocols: the operation in a header, its input and output as JSON. */
export function jsonProtocol({ target, contentType, deps, authenticate, answer }: JsonProtocolDeps): Endpoint {
  async function handle(request: IncomingMessage) {
    const body = await bodyOf(request);
    const identity = identify(request, body);
    const [service, operation] = String(request.headers["x-amz-target"]).split(".");
    if (service !== target || operation === undefined)
      throw new ServiceError(
        "UnknownOperationException",
        `Expected the header X-Amz-Target to name an operation of ${target}, but received ${request.headers["x-amz-target"]}.`,
      );
    return answer(operation, parse(body), (call) => {
      const decision = deps.authorize(identity, call);
      if (!decision.allowed) throw new ServiceError("AccessDeniedException", decision.because);
    });
  }

  function identify({ method, url, headers }: IncomingMessage, body: Buffer) {
    const bodySha256 = createHash("sha256").update(body).digest("hex");
    try {
      return authenticate({ method: method!, rawPath: url!, headers, bodySha256 }, deps.identityOf);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      throw new ServiceError(signatureCodes[error.code], error.message);
    }
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

/** The JSON services' names for what S3 calls otherwise. */
const signatureCodes: Readonly<Record<SignatureErrorCode, string>> = {
  MissingAuthenticationToken: "MissingAuthenticationTokenException",
  IncompleteSignature: "IncompleteSignatureException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  RequestTimeTooSkewed: "InvalidSignatureException",
  RequestExpired: "InvalidSignatureException",
  HeadersNotSigned: "InvalidSignatureException",
};

/** DynamoDB's own limit. */
const maxBytes = 16 * 1024 * 1024;

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  const message = `Expected a request of at most ${maxBytes} bytes, but received ${bytes}.`;
  throw new ServiceError("RequestEntityTooLargeException", message, { status: 413 });
}

function parse(body: Buffer) {
  try {
    const input = JSON.parse(body.toString()) as unknown;
    if (typeof input === "object" && input !== null) return input as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceError("SerializationException", "Expected the request's body to be a JSON object.");
}
