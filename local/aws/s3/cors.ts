import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./errors.ts";
import type { BucketConfig, CorsRule, Reply } from "./types.ts";

const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/** Answers a browser's preflight by the bucket's rules. @throws S3Error `BadRequest` or `AccessForbidden` */
export function preflight(headers: IncomingHttpHeaders, { cors = [] }: BucketConfig): Reply {
  const { origin } = headers;
  const method = headers["access-control-request-method"];
  if (origin === undefined) throw new S3Error("BadRequest", "Insufficient information. Origin request header needed.");
  if (method === undefined) throw new S3Error("BadRequest", "Invalid Access-Control-Request-Method: null");
  if (cors.length === 0)
    throw new S3Error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", { Method: method });
  const wanted = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  const rule = cors.find(
    (candidate) =>
      applies(candidate, origin, method) && wanted.every((name) => anyMatches(lower(candidate.allowedHeaders), name)),
  );
  if (!rule) {
    throw new S3Error(
      "AccessForbidden",
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { Method: method },
    );
  }
  return {
    status: 200,
    headers: {
      ...originHeaders(rule, origin),
      "access-control-allow-headers": wanted.length === 0 ? undefined : wanted.join(", "),
      "access-control-max-age": rule.maxAgeSeconds?.toString(),
    },
  };
}

/** Headers that let the page of this origin read the answer; none where no rule says so. */
export function corsHeaders(origin: string | undefined, method: string, { cors = [] }: BucketConfig): Reply["headers"] {
  const rule = origin === undefined ? undefined : cors.find((candidate) => applies(candidate, origin, method));
  if (!rule || origin === undefined) return {};
  const expose = rule.exposeHeaders ?? [];
  return {
    ...originHeaders(rule, origin),
    "access-control-expose-headers": expose.length === 0 ? undefined : expose.join(", "),
  };
}

function originHeaders(rule: CorsRule, origin: string): Record<string, string | undefined> {
  const any = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": any ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    "access-control-allow-credentials": any ? undefined : "true",
    vary: VARY,
  };
}

const applies = (rule: CorsRule, origin: string, method: string) =>
  anyMatches(rule.allowedOrigins, origin) && rule.allowedMethods.includes(method);

const lower = (names: readonly string[] = []) => names.map((name) => name.toLowerCase());

/** A pattern may hold one star. */
const anyMatches = (patterns: readonly string[], text: string) =>
  patterns.some((pattern) => {
    const [head = "", tail] = pattern.split("*");
    return tail === undefined
      ? head === text
      : text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  });
