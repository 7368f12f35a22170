import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "../http.ts";
import type { Reply } from "./inbox.ts";
import type { FunctionConfig } from "./types.ts";

/** One invocation, as the host tells a runtime of it. */
export interface Invocation {
  /** JSON. */
  readonly event: string;
  readonly context: Readonly<Record<string, string>> & { readonly awsRequestId: string };
  /** Epoch milliseconds. */
  readonly deadline: number;
}

export interface RuntimeApi {
  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: Promise<string>;
  deliver(invocation: Invocation): void;
  close(): void;
}

/** Far above what Lambda takes as an answer, so that one that is too long is measured and refused by the host. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Lambda's Runtime API for one execution environment: what its process says there goes to `put`.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export function openRuntimeApi({ arn }: Pick<FunctionConfig, "arn">, put: (reply: Reply) => void): RuntimeApi {
  /** Who asks and what there is to tell: either may be first. */
  let waiting: ServerResponse | undefined;
  let pending: Invocation | undefined;
  let current: string | undefined;
  let isReady = false;

  const server = createServer(async (request, response) => {
    const [, id, what] =
      /^\/2018-06-01\/runtime\/(?:invocation|init)\/(?:([^/]+)\/)?(next|response|error)$/.exec(request.url!) ?? [];
    if (request.method === "GET" && what === "next") {
      waiting = response;
      if (!isReady) put({ type: "ready" });
      isReady = true;
      return tell();
    }
    const body = (await readBody(request, mostBytes)) ?? Buffer.from("null");
    if (request.method !== "POST" || what === undefined || what === "next") return answer(response, 404);
    if (what === "error" && id === undefined) put({ ...problemIn(body, request), fatal: true });
    else if (id !== current) return answer(response, 400);
    else {
      current = undefined;
      put(what === "error" ? problemIn(body, request) : resultIn(body));
    }
    answer(response, 202);
  });
  function tell() {
    if (waiting === undefined || pending === undefined) return;
    const { event, context, deadline } = pending;
    current = context.awsRequestId;
    waiting.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": context.awsRequestId,
      "lambda-runtime-deadline-ms": String(deadline),
      "lambda-runtime-invoked-function-arn": arn,
    });
    waiting.end(event);
    waiting = undefined;
    pending = undefined;
  }
  const address = new Promise<string>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  // It is held while it waits for its next invocation.
  server.requestTimeout = 0;

  return {
    address,
    deliver(invocation) {
      pending = invocation;
      tell();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(`{"status":"${status === 202 ? "OK" : "Error"}"}`);
}

function resultIn(body: Buffer): Reply {
  const text = body.length === 0 ? "null" : body.toString();
  if (isJson(text)) return { type: "result", body: text };
  return { type: "error", errorType: "Runtime.InvalidResponse", errorMessage: "expected an answer of JSON" };
}

function problemIn(body: Buffer, { headers }: IncomingMessage) {
  const { errorType, errorMessage, stackTrace }: Described = isJson(body.toString()) ? JSON.parse(body.toString()) : {};
  return {
    type: "error",
    errorType: errorType ?? String(headers["lambda-runtime-function-error-type"] ?? "Runtime.Unknown"),
    errorMessage: errorMessage ?? "",
    stack: stackTrace?.join("\n"),
  } as const;
}

interface Described {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly stackTrace?: readonly string[];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
