import type { Call, Decision, EndpointDeps, Identity } from "../types.ts";
import { S3Error } from "./errors.ts";
import type { Restorations } from "./restorations.ts";
import type { Bucket, Reply, S3Request } from "./types.ts";
import type { Uploads } from "./uploads.ts";

/** What every operation works with. */
export interface Server {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly uploadsOf: (bucket: Bucket) => Uploads;
  readonly restorationsOf: (bucket: Bucket) => Restorations;
  readonly authorize: EndpointDeps["authorize"];
  readonly now: () => Date;
}

/** Answers one kind of request. @throws S3Error */
export type Operation = (request: S3Request, server: Server) => Reply | Promise<Reply>;

/** What an action is asked for: an object, or the bucket itself where no key is given. */
export interface Target {
  readonly bucket: Bucket;
  readonly key?: string;
}

export interface Caller {
  readonly identity: Identity;
  readonly headers: S3Request["headers"];
  readonly query: URLSearchParams;
}

/** @throws S3Error `AccessDenied` with the reason of the decision. */
export function permit(
  server: Server,
  caller: Caller,
  action: string,
  target: Target,
  context: Call["context"] = {},
): void {
  const decision = decide(server, caller, action, target, context);
  if (!decision.allowed) throw new S3Error("AccessDenied", decision.because);
}

export function decide(
  server: Server,
  caller: Caller,
  action: string,
  { bucket, key }: Target,
  context: Call["context"] = {},
): Decision {
  const { arn, policy } = bucket.config;
  return server.authorize(caller.identity, {
    action,
    resource: key === undefined ? arn : `${arn}/${key}`,
    context: { ...contextOf(caller), ...context },
    resourcePolicy: policy,
  });
}

/** What S3 says of a key that holds nothing: those who may not list the bucket do not learn so much. */
export function missing(
  server: Server,
  caller: Caller,
  { bucket, key }: Target,
  context: Call["context"] = {},
): S3Error {
  const decision = decide(server, caller, "s3:ListBucket", { bucket }, context);
  if (!decision.allowed) return new S3Error("AccessDenied", decision.because);
  return new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key ?? "" });
}

/** Headers that policies may look at, under the names of their condition keys. */
const CONDITION_HEADERS = [
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-storage-class",
  "if-match",
  "if-none-match",
];

function contextOf({ headers, query }: Caller): Record<string, string> {
  const fromHeaders = CONDITION_HEADERS.flatMap((name) =>
    headers[name] === undefined ? [] : [[`s3:${name}`, headers[name]]],
  );
  return {
    // The laptop's loopback stands for the TLS connection of the cloud.
    "aws:SecureTransport": "true",
    "s3:authType": query.has("X-Amz-Signature") ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    ...Object.fromEntries(fromHeaders),
  };
}
