import { S3Error } from "./errors.ts";
import type { ObjectMeta, S3Request } from "./types.ts";

/** Values of the headers If-Match and If-None-Match. */
export interface WriteConditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export const conditionsOf = (headers: S3Request["headers"]): WriteConditions => ({
  ifMatch: headers["if-match"],
  ifNoneMatch: headers["if-none-match"],
});

/** @throws S3Error unless an object may be written over `current`. */
export function expectWritable(current: ObjectMeta | undefined, { ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw new S3Error("NotImplemented", `Expected If-None-Match: * on a write, received ${ifNoneMatch}.`);
  }
  if (ifNoneMatch !== undefined && current) throw failed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!current) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  if (!matches(ifMatch, current.etag)) throw failed("If-Match");
}

/** Whether the caller has this object already. @throws S3Error `PreconditionFailed` when it is not the one asked for. */
export function notModified(current: ObjectMeta, { ifMatch, ifNoneMatch }: WriteConditions): boolean {
  if (ifMatch !== undefined && !matches(ifMatch, current.etag)) throw failed("If-Match");
  return ifNoneMatch !== undefined && matches(ifNoneMatch, current.etag);
}

/** @throws S3Error `PreconditionFailed` when the object to be copied is not the one asked for. */
export function expectCopyable(source: ObjectMeta, headers: S3Request["headers"]): void {
  const ifMatch = headers["x-amz-copy-source-if-match"];
  const ifNoneMatch = headers["x-amz-copy-source-if-none-match"];
  if (ifMatch !== undefined && !matches(ifMatch, source.etag)) throw failed("x-amz-copy-source-If-Match");
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, source.etag)) throw failed("x-amz-copy-source-If-None-Match");
}

const matches = (header: string, etag: string) =>
  header.split(",").some((candidate) => ["*", etag, `"${etag}"`, `W/"${etag}"`].includes(candidate.trim()));

const failed = (condition: string) =>
  new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
