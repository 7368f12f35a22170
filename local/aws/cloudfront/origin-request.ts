import { randomUUID } from "node:crypto";
import type { PlainRequest } from "../../http.ts";
import type { Choice, Forwards, Origin } from "./types.ts";

/** Whose connection it is, as CloudFront tells it in `cloudfront-viewer-address`. */
export interface Viewer {
  readonly ip: string;
  readonly port: number;
}

/**
 * What the origin sees of a viewer's request: nothing but path and body, a few headers of
 * CloudFront's own, and what the policies let through.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
 */
export function toOriginRequest(
  request: PlainRequest,
  viewer: Viewer,
  { domainName, path, headers: added }: Pick<Origin, "domainName" | "path" | "headers">,
  forwards: readonly Forwards[],
): PlainRequest {
  const [viewerPath = "/", query = ""] = request.url.split(/\?(.*)/s);
  const kept = query.split("&").filter((pair) => chosen(forwards, "query", nameIn(pair)));
  const cookies = (request.headers["cookie"] ?? "")
    .split("; ")
    .filter((pair) => chosen(forwards, "cookies", nameIn(pair)));
  const headers = Object.entries(request.headers).filter(
    ([name]) => !never.has(name) && !name.startsWith("cloudfront-") && chosen(forwards, "headers", name),
  );
  const sent = [path, viewerPath].join("");
  return {
    ...request,
    url: kept.join("&") === "" ? sent : `${sent}?${kept.join("&")}`,
    // The edge's address: who takes it for the viewer's would count all the world as one.
    sourceIp: edgeIp,
    headers: {
      host: domainName,
      "user-agent": "Amazon CloudFront",
      ...Object.fromEntries(headers),
      ...(request.body.length > 0 && { "content-length": String(request.body.length) }),
      ...(cookies.some(Boolean) && { cookie: cookies.join("; ") }),
      via: "2.0 laptop.cloudfront.net (CloudFront)",
      "x-amz-cf-id": randomUUID(),
      "x-forwarded-for": [request.headers["x-forwarded-for"], viewer.ip].filter(Boolean).join(", "),
      ...Object.fromEntries(
        Object.entries(makers)
          .filter(([name]) => forwards.some(({ made }) => made.includes(name)))
          .map(([name, make]) => [name, make(viewer, request)]),
      ),
      ...added,
    },
  };
}

/** Headers that CloudFront makes itself, as far as the laptop knows what to say. */
const makers: Readonly<Record<string, (viewer: Viewer, request: PlainRequest) => string>> = {
  "cloudfront-viewer-address": ({ ip, port }) => `${ip}:${port}`,
  "cloudfront-viewer-http-version": (_, { httpVersion }) => httpVersion,
};
export const madeHeaders: readonly string[] = Object.keys(makers);

/** One of those from which CloudFront asks origins. */
const edgeIp = "130.176.0.1";

/** Of one connection alone, or told by CloudFront in its own way. */
const never = new Set([
  "connection",
  "content-length",
  "cookie",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-amz-cf-id",
  "x-forwarded-for",
]);

const chosen = (forwards: readonly Forwards[], what: "headers" | "cookies" | "query", name: string) =>
  forwards.some((each) => includes(each[what], name));

function includes(choice: Choice, name: string): boolean {
  if (choice === "none") return false;
  if (choice === "all") return true;
  return "only" in choice ? choice.only.includes(name) : !choice.allBut.includes(name);
}

const nameIn = (pair: string) => pair.split("=", 1)[0] ?? "";
