import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Endpoint, Identity } from "../aws/types.ts";
import type { Invoke, Outcome } from "./types.ts";

interface FunctionUrlDeps {
  readonly invoke: Invoke;
  /** Host name that the event tells, such as `abc.lambda-url.eu-west-1.on.aws`. */
  readonly domainName: string;
  readonly accountId: string;
  /** Path of the host under which the function answers; the function does not see it. @default "" */
  readonly prefix?: string;
  /** Who calls, where the URL asks for IAM. */
  readonly callerOf?: (request: IncomingMessage) => Identity | undefined;
}

/** Lambda's limit on a request or an answer, in bytes. */
const mostBytes = 6 * 1024 * 1024;

/**
 * A function's URL: requests become payload 2.0 events, results become answers.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function createFunctionUrl(deps: FunctionUrlDeps): Endpoint {
  return async (request, response) => {
    const body = await read(request);
    if (body === undefined) return answer(response, failure(413, "Request Entity Too Large"));
    const outcome = await deps.invoke(toEvent(request, body, deps));
    answer(response, toAnswer(outcome));
  };
}

/** The request's event, as payload 2.0 has it. */
function toEvent(
  request: IncomingMessage,
  body: Buffer,
  { domainName, accountId, prefix = "", callerOf }: FunctionUrlDeps,
) {
  const url = request.url?.slice(prefix.length) || "/";
  const [path = "/", query = ""] = url.split(/\?(.*)/s);
  const rawPath = path.startsWith("/") ? path : `/${path}`;
  const { cookie, ...headers } = request.headers;
  const parameters = together(new URLSearchParams(query));
  const text = isText(request.headers["content-type"]);
  const caller = callerOf?.(request);
  const now = new Date();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")])),
    ...(query !== "" && { queryStringParameters: parameters }),
    requestContext: {
      accountId,
      apiId: domainName.split(".")[0],
      ...(caller && { authorizer: { iam: iamOf(caller, accountId) } }),
      domainName,
      domainPrefix: domainName.split(".")[0],
      http: {
        method: request.method,
        path: decoded(rawPath),
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

const iamOf = ({ arn, accessKeyId }: Identity, accountId: string) => ({
  accessKey: accessKeyId,
  accountId,
  callerId: accessKeyId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: arn,
  userId: accessKeyId,
});

/** Values of one name joined by commas, as Lambda does. */
function together(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(",")]));
}

/** Forms arrive encoded, like everything else that is not plainly text. */
const isText = (type = "") => /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/.test(type);

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What a result means: an object with a statusCode says it all, anything else is JSON with 200. */
function toAnswer(outcome: Outcome): Answer {
  if (!outcome.ok) return failure(502, "Internal Server Error");
  if (!isStructured(outcome.result)) return json(200, outcome.result);
  const { statusCode, headers = {}, cookies = [], body = "", isBase64Encoded = false } = outcome.result;
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return {
    status: statusCode,
    headers: { "content-type": "application/json", ...named, ...(cookies.length > 0 && { "set-cookie": cookies }) },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const isStructured = (result: unknown): result is Structured =>
  typeof result === "object" && result !== null && Number.isInteger((result as { statusCode?: unknown }).statusCode);

const failure = (status: number, message: string): Answer => json(status, { Message: message });

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(value)),
});

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(status, { "content-length": body.length }).end(body);
}
