import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { authenticate } from "../signature.ts";
import type { Endpoint, Identity } from "../types.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { fromSignature, S3Error } from "./errors.ts";
import { operationOf } from "./operations.ts";
import { type PostDeps, postObject } from "./post-object.ts";
import { targetOf } from "./target.ts";
import type { Bucket, Reply, S3Request } from "./types.ts";
import { errorDocument } from "./xml.ts";

export interface EndpointOptions extends PostDeps {
  /** The path under which the buckets stand, without a slash at its end. */
  readonly mount: string;
}

/** S3's REST interface, path-style. */
export function createEndpoint(options: EndpointOptions): Endpoint {
  return async (incoming, response) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    let failure: unknown;
    let reply: Reply;
    try {
      reply = await answer(incoming, options);
    } catch (error) {
      failure = fromSignature(error);
      if (response.destroyed || (incoming.destroyed && !incoming.complete)) return;
      reply = refusal(
        failure instanceof S3Error
          ? failure
          : new S3Error("InternalError", "We encountered an internal error. Please try again."),
        incoming,
        requestId,
      );
    }
    const headers = { ...reply.headers, ...corsFor(incoming, options), "x-amz-request-id": requestId };
    await send(incoming, response, {
      ...reply,
      headers: { ...headers, ...(incoming.method === "OPTIONS" && reply.headers) },
    });
    if (failure !== undefined && !(failure instanceof S3Error)) throw failure;
  };
}

async function answer(incoming: IncomingMessage, options: EndpointOptions): Promise<Reply> {
  const { method = "", url = "" } = incoming;
  const target = targetOf(url, options.mount);
  const bucket = options.buckets.get(target.bucket);
  if (method === "OPTIONS") return preflight(incoming.headers, expectBucket(bucket, target.bucket).config);
  if (method === "POST" && target.key === "" && !target.query.has("delete")) {
    const address = `http://${incoming.headers.host}${options.mount}/${target.bucket}`;
    return postObject(incoming, expectBucket(bucket, target.bucket), address, options);
  }
  const identity = signerOf(incoming, options);
  const request: S3Request = {
    incoming,
    identity,
    bucket: expectBucket(bucket, target.bucket),
    key: target.key,
    query: target.query,
    headers: flat(incoming.headers),
  };
  return operationOf(method, request)(request, options);
}

function signerOf(incoming: IncomingMessage, { identityOf, now }: EndpointOptions): Identity {
  const { method = "", url = "", headers } = incoming;
  if (headers.authorization !== undefined && headers["x-amz-content-sha256"] === undefined) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  return authenticate({ method, rawPath: url, headers }, identityOf, now());
}

function expectBucket(bucket: Bucket | undefined, name: string): Bucket {
  if (bucket) return bucket;
  throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
}

function refusal(error: S3Error, { method, url = "" }: IncomingMessage, requestId: string): Reply {
  const body = method === "HEAD" ? undefined : errorDocument(error, url.split("?", 1)[0]!, requestId);
  return { status: error.status, headers: { "content-type": "application/xml" }, body };
}

function corsFor(
  { method = "", url = "", headers }: IncomingMessage,
  { buckets, mount }: EndpointOptions,
): Reply["headers"] {
  const bucket = buckets.get(url.slice(mount.length + 1).split(/[/?]/, 1)[0]!);
  return bucket && method !== "OPTIONS" ? corsHeaders(headers.origin, method, bucket.config) : {};
}

async function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body }: Reply,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = status;
  // What is left of a refused upload is read and dropped, so that its sender gets to the answer. Whoever
  // was reading it may still be listening, which would keep it from flowing.
  if (!incoming.readableEnded) incoming.removeAllListeners("readable").resume();
  if (body instanceof Readable) {
    await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code ?? "")) throw error;
    });
    return;
  }
  if (body !== undefined && !response.hasHeader("content-type")) response.setHeader("content-type", "application/xml");
  if (body !== undefined) response.setHeader("content-length", Buffer.byteLength(body));
  response.end(body);
}

/** What it is called when the caller hangs up before the last byte. */
const GONE = new Set([
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_UNABLE_TO_PIPE",
  "ERR_STREAM_DESTROYED",
  "ECONNRESET",
  "EPIPE",
]);

const flat = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")]));
