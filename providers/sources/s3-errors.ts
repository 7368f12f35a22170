import { SourceError, type SourceErrorCode } from "./types.ts";

/** What was asked of S3, for the messages. */
export interface S3Call {
  /** The source's name. */
  readonly source: string;
  readonly bucket: string;
  /** IAM action, such as `s3:GetObject`. */
  readonly action: string;
  readonly key?: string;
}

/** What an error of the SDK means. @throws the error itself when it is none of the service's or the network's. */
export function toSourceError(call: S3Call, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const said = wordsOf(error);
  const { bucket, action, key } = call;
  const what = key === undefined ? `bucket ${bucket}` : `${key} in bucket ${bucket}`;
  const fail = (code: SourceErrorCode, detail: string, retryAfterMs?: number) =>
    new SourceError(call.source, code, detail, { cause: error, retryAfterMs });

  if (said.name === "AbortError") return fail("ABORTED", `${action} on ${what} was called off`);
  if (elsewhere.has(said.name) || said.status === 301) {
    const where = said.region ? `the bucket is in ${said.region}` : "the bucket is in another Region";
    return fail("CONFIG", `${where}: set the source's region to it (${bucket})`);
  }
  if (said.name === "NoSuchBucket") return fail("CONFIG", `expected a bucket called ${bucket}, but there is none`);
  if (said.name === "InvalidObjectState")
    return fail("ARCHIVED", `${what} is in an archive storage class: restore it first`);
  if (badCredentials.test(said.name))
    return fail("AUTH", `S3 does not accept the credentials for ${what} (${said.name})`);
  if (said.status === 429 || said.status === 503 || throttled.test(said.name))
    return fail("RATE_LIMITED", `too many requests to ${bucket} (${said.name})`, said.retryAfterMs);
  if (said.name === "RequestTimeTooSkewed") return fail("CONFIG", "this machine's clock is wrong: set it");
  if (said.name === "NoSuchKey" || (key !== undefined && said.status === 404)) return fail("NOT_FOUND", `no ${what}`);
  if (said.status === 412)
    return fail(action === "s3:PutObject" ? "CONFLICT" : "CHANGED", conditionFailed(action, what));
  if (said.status === 403 || said.status === 401)
    return fail("FORBIDDEN", `expected the permission ${action} on ${arnOf(call)}, received ${said.name}`);
  if (
    said.status !== undefined &&
    said.status >= 400 &&
    said.status < 500 &&
    said.status !== 408 &&
    said.status !== 409
  )
    return fail("CONFIG", `expected S3 to answer ${action} on ${what}, received ${said.status} ${said.name}`);
  if (said.status !== undefined || said.isNetwork) return fail("UNAVAILABLE", `${action} on ${what}: ${said.name}`);
  throw error;
}

const elsewhere = new Set(["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"]);
const badCredentials =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|Expired(Token|TokenException)|InvalidToken|TokenRefreshRequired|CredentialsProviderError|NotSignedUp|AccountProblem)$/;
const throttled = /^(SlowDown|Throttl\w*|RequestLimitExceeded|TooManyRequests\w*|BandwidthLimitExceeded)$/;

const conditionFailed = (action: string, what: string) =>
  action === "s3:PutObject"
    ? `${what} is there already, and is not replaced`
    : `${what} was replaced after it was listed`;

const arnOf = ({ bucket, key }: S3Call) => `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;

/** The parts of an SDK error that can be told apart; a service's has a status, the network's has a code. */
function wordsOf(error: unknown) {
  const { name = "", code, $metadata, $response, Region } = Object(error);
  const headers: Readonly<Record<string, string | undefined>> = $response?.headers ?? {};
  const seconds = Number(headers["retry-after"]);
  const status: number | undefined = $metadata?.httpStatusCode ?? $response?.statusCode;
  return {
    name: String(status === undefined && typeof code === "string" ? code : name),
    status,
    region: headers["x-amz-bucket-region"] ?? (typeof Region === "string" ? Region : undefined),
    retryAfterMs: headers["retry-after"] && seconds >= 0 ? seconds * 1000 : undefined,
    isNetwork: typeof code === "string" || name === "TimeoutError",
  };
}
