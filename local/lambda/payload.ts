import { randomUUID } from "node:crypto";
import type { PlainAnswer, PlainRequest } from "../http.ts";
import type { Outcome } from "./types.ts";

/** What a gateway knows beside the request itself. */
export interface Around {
  readonly accountId: string;
  /** Host name that the event tells, such as `abc.lambda-url.eu-west-1.on.aws`. */
  readonly domainName: string;
  /** Such as `ANY /api/{proxy+}`. @default "$default" */
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** What AWS has found out of the caller. */
  readonly authorizer?: object;
}

/** Lambda's limit on a request or an answer, in bytes. */
export const mostBytes = 6 * 1024 * 1024;

/**
 * A request as an event of payload 2.0, which function URLs and HTTP APIs share.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  { method, url, httpVersion, headers: all, body, sourceIp }: PlainRequest,
  { accountId, domainName, routeKey = "$default", pathParameters, authorizer }: Around,
): object {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  const rawPath = path.startsWith("/") ? path : `/${path}`;
  const { cookie, ...headers } = all;
  const text = isText(headers["content-type"]);
  const now = new Date();
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers,
    ...(query !== "" && { queryStringParameters: together(new URLSearchParams(query)) }),
    ...(pathParameters && { pathParameters }),
    requestContext: {
      accountId,
      apiId: domainName.split(".")[0],
      ...(authorizer && { authorizer }),
      domainName,
      domainPrefix: domainName.split(".")[0],
      http: {
        method,
        path: decoded(rawPath),
        protocol: `HTTP/${httpVersion}`,
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** What a result means: an object with a statusCode says it all, anything else is JSON with 200. Undefined where the function failed. */
export function toAnswer(outcome: Outcome): PlainAnswer | undefined {
  if (!outcome.ok) return undefined;
  if (!isStructured(outcome.result)) return json(200, outcome.result);
  const { statusCode, headers = {}, cookies = [], body = "", isBase64Encoded = false } = outcome.result;
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return {
    status: statusCode,
    headers: { "content-type": "application/json", ...named, ...(cookies.length > 0 && { "set-cookie": cookies }) },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

export const json = (status: number, value: unknown): PlainAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(value)),
});

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const isStructured = (result: unknown): result is Structured =>
  typeof result === "object" && result !== null && Number.isInteger((result as { statusCode?: unknown }).statusCode);

/** Values of one name joined by commas, as Lambda does. */
function together(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(",")]));
}

/** Forms arrive encoded, like everything else that is not plainly text. */
const isText = (type = "") => /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/.test(type);

export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}

/** Such as `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
