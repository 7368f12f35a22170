import { Readable } from "node:stream";
import { type PlainAnswer, type PlainRequest, readRequest, sendAnswer } from "../../http.ts";
import { plain, type Route } from "../../router.ts";
import { toOriginRequest } from "./origin-request.ts";
import { withPolicy } from "./response-headers.ts";
import type { Behaviour, DistributionConfig, Origin } from "./types.ts";

/** The largest body that any of its origins takes, in bytes. */
const mostBytes = 10 * 1024 * 1024;

/** A CloudFront distribution under a path of the host: behaviours, origins and headers, without a cache or a firewall. */
export function createDistribution({ rootObject, behaviours }: DistributionConfig, prefix: string): Route {
  const patterns = behaviours.map((behaviour) => ({ behaviour, pattern: patternOf(behaviour.pathPattern) }));
  const behaviourOf = (path: string): Behaviour =>
    patterns.find(({ pattern }) => pattern.test(path))?.behaviour ?? behaviours.at(-1)!;

  return async (incoming, response) => {
    const request = await readRequest(incoming, mostBytes);
    if (request === undefined) return plain(response, 413, "Expected a smaller body.");
    const [path = "", query] = request.url.slice(prefix.length).split(/\?(.*)/s);
    const asked = path === "" ? "/" : path;
    const { origin, fallback, allowedMethods, forwards, responseHeaders } = behaviourOf(asked);
    if (!allowedMethods.includes(request.method))
      return plain(response, 403, `This distribution does not allow ${request.method} for ${asked}.`);

    const url = `${asked === "/" && rootObject !== undefined ? `/${rootObject}` : asked}${query === undefined ? "" : `?${query}`}`;
    const viewer = { ip: request.sourceIp, port: incoming.socket.remotePort ?? 0 };
    const fetchFrom = (one: Origin) => one.fetch(toOriginRequest({ ...request, url }, viewer, one, forwards));
    const first = await fetchFrom(origin);
    const isFailing = fallback?.statuses.includes(first.status) && safe.includes(request.method);
    const fetched = fallback && isFailing ? await fetchFrom(fallback.origin) : first;
    const answer = unlessKnown(request, fetched);
    const told = responseHeaders ? withPolicy(answer, responseHeaders, request.headers["origin"]) : answer;
    await sendAnswer(response, told, { headOnly: request.method === "HEAD" });
  };
}

/** Methods by which a second origin is asked. */
const safe = ["GET", "HEAD", "OPTIONS"];

/** CloudFront itself tells a viewer that what they have is still the same. */
function unlessKnown({ method, headers }: PlainRequest, answer: PlainAnswer): PlainAnswer {
  const { etag } = answer.headers;
  const known = (headers["if-none-match"] ?? "").split(/,\s*/);
  if (answer.status !== 200 || !["GET", "HEAD"].includes(method) || !known.includes(String(etag))) return answer;
  if (answer.body instanceof Readable) answer.body.destroy();
  const { "content-length": _, "content-type": __, ...rest } = answer.headers;
  return { status: 304, headers: rest, body: Buffer.alloc(0) };
}

/** `*` and `?` in a path, which may begin without its slash. Letters count as they are. */
function patternOf(text: string): RegExp {
  const source = text
    .replace(/^\/?/, "/")
    .replace(/[*?]|[\\^$.|+()[\]{}]/g, (token) => (token === "*" ? ".*" : token === "?" ? "." : `\\${token}`));
  return new RegExp(`^${source}$`, "s");
}
