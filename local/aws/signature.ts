import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { EndpointDeps, Identity } from "./types.ts";

/**
 * Checks AWS Signature Version 4. @smithy/signature-v4 signs and does not verify: signing again with it
 * drops the headers it never signs and moves others into the query, so another client's right signature
 * would be refused. The tests sign with it.
 */
export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as they stood in the request line. */
  readonly rawPath: string;
  readonly headers: IncomingHttpHeaders;
  /** Hex; needed where the caller sends no `x-amz-content-sha256`, and checked against it where it does. */
  readonly bodySha256?: string;
}

/** Who signed the request. @throws SignatureError when nobody did, or not this. */
export function authenticate(
  request: SignedRequest,
  identityOf: EndpointDeps["identityOf"],
  now = new Date(),
): Identity {
  const claim = claimOf(request);
  const identity = known(claim.scope, identityOf);
  if (!same(sign(identity, claim.scope, stringToSign(request, claim)), claim.signature)) throw mismatch();
  const age = now.getTime() - timeOf(claim.date);
  if (claim.expires === undefined) {
    if (Math.abs(age) > SKEW)
      throw new SignatureError(
        "RequestTimeTooSkewed",
        `expected a request signed within 15 minutes of ${now.toISOString()}, received one of ${claim.date}; set the clock`,
      );
  } else if (age > claim.expires * 1000 || age < -SKEW) {
    throw new SignatureError("RequestExpired", age < 0 ? "Request is not valid yet" : "Request has expired");
  }
  return identity;
}

/** Compares two signatures without telling by the time it takes where they part. */
export function same(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `HeadersNotSigned` is S3's alone; the JSON services know the others under their own names. */
export type SignatureErrorCode =
  | "MissingAuthenticationToken"
  | "IncompleteSignature"
  | "InvalidAccessKeyId"
  | "SignatureDoesNotMatch"
  | "RequestTimeTooSkewed"
  | "RequestExpired"
  | "HeadersNotSigned";

export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: SignatureErrorCode;
  constructor(code: SignatureErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const ALGORITHM = "AWS4-HMAC-SHA256";
const SKEW = 15 * 60 * 1000;
const WEEK = 7 * 24 * 3600;
export const EMPTY = createHash("sha256").digest("hex");

export interface Scope {
  readonly accessKeyId: string;
  /** `date/region/service/aws4_request`. */
  readonly text: string;
  readonly parts: readonly string[];
  readonly region: string;
  readonly service: string;
}

export interface Claim {
  readonly scope: Scope;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Seconds; a presigned URL has them. */
  readonly expires?: number;
  readonly payload: string;
}

export function claimOf(request: SignedRequest): Claim {
  const query = parametersOf(request.rawPath);
  const { authorization } = request.headers;
  if (authorization !== undefined) return headerClaim(request, authorization);
  if (query.has("X-Amz-Signature")) return queryClaim(request, query);
  throw new SignatureError("MissingAuthenticationToken", "Request is missing Authentication Token");
}

function headerClaim(request: SignedRequest, authorization: string): Claim {
  const [algorithm, rest = ""] = authorization.split(/ (.*)/s);
  const fields = new Map(rest.split(",").map((field) => field.trim().split(/=(.*)/s) as [string, string]));
  const credential = fields.get("Credential");
  const signedHeaders = fields.get("SignedHeaders");
  const signature = fields.get("Signature");
  const date = headerOf(request.headers, "x-amz-date");
  if (algorithm !== ALGORITHM || !credential || !signedHeaders || !signature || !date) {
    throw incomplete(
      `expected an Authorization header of ${ALGORITHM} with Credential, SignedHeaders and Signature, and an x-amz-date header`,
    );
  }
  const declared = headerOf(request.headers, "x-amz-content-sha256");
  const { bodySha256 } = request;
  if (declared && bodySha256 && /^[0-9a-f]{64}$/.test(declared) && declared !== bodySha256) throw mismatch();
  const payload = declared ?? bodySha256 ?? EMPTY;
  return checked(request, {
    scope: scopeOf(credential, date),
    date,
    signedHeaders: signedHeaders.split(";"),
    signature,
    payload,
  });
}

function queryClaim(request: SignedRequest, query: ReadonlyMap<string, string>): Claim {
  const field = (name: string) => {
    const value = query.get(`X-Amz-${name}`);
    if (!value) throw incomplete(`expected X-Amz-${name} in the query of a presigned URL`);
    return value;
  };
  const algorithm = field("Algorithm");
  if (algorithm !== ALGORITHM) throw incomplete(`expected the algorithm ${ALGORITHM}, received "${algorithm}"`);
  const expires = Number(field("Expires"));
  if (!Number.isInteger(expires) || expires < 1 || expires > WEEK) {
    throw incomplete(`expected X-Amz-Expires between 1 and ${WEEK} seconds, received ${query.get("X-Amz-Expires")}`);
  }
  const date = field("Date");
  const payload =
    query.get("X-Amz-Content-Sha256") ?? headerOf(request.headers, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  const signedHeaders = field("SignedHeaders").split(";");
  return checked(request, {
    scope: scopeOf(field("Credential"), date),
    date,
    signedHeaders,
    signature: field("Signature"),
    expires,
    payload,
  });
}

function checked(request: SignedRequest, claim: Claim): Claim {
  if (!claim.signedHeaders.includes("host")) throw incomplete("expected host among the signed headers");
  const stray = Object.keys(request.headers).filter(
    (name) => name.startsWith("x-amz-") && !claim.signedHeaders.includes(name),
  );
  // S3 refuses them, or else the holder of a presigned URL could choose the storage class, tags or metadata.
  if (claim.scope.service === "s3" && stray.length > 0) {
    throw new SignatureError(
      "HeadersNotSigned",
      `There were headers present in the request which were not signed: ${stray.join(", ")}`,
    );
  }
  return claim;
}

export function scopeOf(credential: string, date: string): Scope {
  const [accessKeyId = "", ...parts] = credential.split("/");
  const [day, region, service, end] = parts;
  if (
    parts.length !== 4 ||
    !region ||
    !service ||
    end !== "aws4_request" ||
    !/^\d{8}T\d{6}Z$/.test(date) ||
    day !== date.slice(0, 8)
  ) {
    throw incomplete(
      `expected a credential of key/date/region/service/aws4_request with the request's date, received "${credential}" and "${date}"`,
    );
  }
  return { accessKeyId, text: parts.join("/"), parts, region, service };
}

export function known({ accessKeyId }: Scope, identityOf: EndpointDeps["identityOf"]): Identity {
  const identity = identityOf(accessKeyId);
  if (identity) return identity;
  throw new SignatureError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
}

function stringToSign(
  { method, rawPath, headers }: SignedRequest,
  { scope, date, signedHeaders, payload }: Claim,
): string {
  const path = rawPath.split("?", 1)[0]!;
  const canonical = [
    method,
    // Every service but S3 escapes the path a second time.
    scope.service === "s3" ? path : path.split("/").map(escaped).join("/"),
    canonicalQuery(rawPath),
    ...signedHeaders.map((name) => `${name}:${(headerOf(headers, name) ?? "").trim().replace(/\s+/g, " ")}`),
    "",
    signedHeaders.join(";"),
    payload,
  ].join("\n");
  // Node hands header bytes over as latin1; the signature covers the bytes.
  return [ALGORITHM, date, scope.text, createHash("sha256").update(canonical, "latin1").digest("hex")].join("\n");
}

export const sign = (identity: Identity, scope: Scope, text: string) =>
  hmac(scope.parts.reduce(hmac, Buffer.from(`AWS4${identity.secretAccessKey}`)), text).toString("hex");

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();

function canonicalQuery(rawPath: string): string {
  const pairs = pairsOf(rawPath).filter(([name]) => name !== "X-Amz-Signature");
  const encoded = pairs.map(([name, value]) => [escaped(name), escaped(value)] as const);
  return encoded
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join("="))
    .join("&");
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const parametersOf = (rawPath: string) => new Map(pairsOf(rawPath));

function pairsOf(rawPath: string): [string, string][] {
  const query = rawPath.split(/\?(.*)/s)[1] ?? "";
  return query
    .split("&")
    .filter(Boolean)
    .map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return [unescaped(name), unescaped(value)];
    });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw incomplete(`expected percent-encoded UTF-8 in the query, received "${text}"`);
  }
}

const escaped = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const headerOf = (headers: IncomingHttpHeaders, name: string) => [headers[name]].flat().join(",") || undefined;

const timeOf = (date: string) => Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));

export const mismatch = () =>
  new SignatureError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );

export const incomplete = (message: string) => new SignatureError("IncompleteSignature", message);
