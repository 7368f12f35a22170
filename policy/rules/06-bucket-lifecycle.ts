import { together } from "../lib/rule.ts";
import { listOf, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";

interface LifecycleRule {
  readonly status: string;
  readonly filter?: object;
  readonly prefix?: string;
  readonly expiration?: { readonly days?: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays?: number };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
}

export const bucketLifecycle = together(
  {
    id: 6,
    name: "bucket-lifecycle",
    level: "mandatory",
    known: "FSBP S3.10, S3.13",
    checks:
      "Unfinished uploads are aborted; what was uploaded, refused or put aside expires; so do non-current versions.",
    why: "What nobody looks at costs money for ever, and keeps what people wanted gone.",
    mend: "add a rule to the bucket's BucketLifecycleConfiguration that does it, for all objects.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const rules = stack
      .naming("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "bucket", bucket)
      .flatMap(({ props }) => listOf<LifecycleRule>(props["rules"]))
      .filter((rule) => rule.status === "Enabled" && isForAll(rule));
    const expected = (what: string) =>
      report(`Expected a lifecycle rule of bucket ${bucket.name} that ${what}, found none.`);
    if (!rules.some((rule) => rule.abortIncompleteMultipartUpload?.daysAfterInitiation))
      expected("aborts unfinished uploads");
    if (isPassedThrough(bucket, stack) && !rules.some((rule) => rule.expiration?.days)) expected("lets objects expire");
    if (isVersioned(bucket, stack) && !rules.some((rule) => rule.noncurrentVersionExpiration?.noncurrentDays))
      expected("lets non-current versions expire");
  },
);

/** A filter without anything in it is for everything. */
const isForAll = ({ filter, prefix }: LifecycleRule) =>
  !prefix && Object.values(filter ?? {}).every((value) => value === undefined || value === null || value === "");

/** Browsers upload to it, or its name says that nothing stays there. */
const isPassedThrough = (bucket: Seen, stack: Stack) =>
  /incoming|upload|quarantine|reject|dead-letter/.test(bucket.name) ||
  stack.naming("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "bucket", bucket).length > 0;

const isVersioned = (bucket: Seen, stack: Stack) =>
  stack
    .naming("aws:s3/bucketVersioning:BucketVersioning", "bucket", bucket)
    .some(({ props }) => props["versioningConfiguration"]?.status === "Enabled");
