import { deleteObject, deleteObjects } from "./delete-object.ts";
import { S3Error } from "./errors.ts";
import { listObjects } from "./list-objects.ts";
import { listVersions } from "./list-versions.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
} from "./multipart-upload.ts";
import { getObject, headBucket, headObject } from "./read-object.ts";
import { restoreObject } from "./restore-object.ts";
import type { Operation } from "./server.ts";
import { deleteTagging, getTagging, putTagging } from "./tagging.ts";
import type { S3Request } from "./types.ts";
import { copyObject, putObject } from "./write-object.ts";

/** The operation this request asks for. @throws S3Error `NotImplemented` rather than do a part of what was asked. */
export function operationOf(
  method: string,
  { key, query, headers }: Pick<S3Request, "key" | "query" | "headers">,
): Operation {
  const row = (key === "" ? bucketRows : objectRows).find(
    (candidate) =>
      candidate.method === method &&
      (candidate.by === undefined || query.has(candidate.by)) &&
      (candidate.header === undefined || headers[candidate.header] !== undefined),
  );
  const takes = [row?.by, ...(row?.takes ?? [])];
  const unknown = [...query.keys()].filter((name) => !takes.includes(name) && !/^(x-amz-|x-id$)/i.test(name));
  if (row && unknown.length === 0) return row.run;
  throw new S3Error(
    "NotImplemented",
    `Expected an operation this endpoint has, received ${method} of ${key === "" ? "a bucket" : "an object"}${unknown.length > 0 ? ` with ${unknown.join(", ")}` : ""}.`,
  );
}

interface Row {
  readonly method: string;
  /** Parameter whose presence tells this operation from the others of its method. */
  readonly by?: string;
  /** The same of a header. */
  readonly header?: string;
  /** Further parameters it knows. */
  readonly takes?: readonly string[];
  readonly run: Operation;
}

const bucketRows: readonly Row[] = [
  {
    method: "GET",
    by: "list-type",
    takes: ["prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"],
    run: listObjects,
  },
  {
    method: "GET",
    by: "versions",
    takes: ["prefix", "max-keys", "key-marker", "version-id-marker", "encoding-type"],
    run: listVersions,
  },
  { method: "HEAD", run: headBucket },
  { method: "POST", by: "delete", run: deleteObjects },
];

const objectRows: readonly Row[] = [
  { method: "GET", by: "tagging", takes: ["versionId"], run: getTagging },
  { method: "PUT", by: "tagging", takes: ["versionId"], run: putTagging },
  { method: "DELETE", by: "tagging", takes: ["versionId"], run: deleteTagging },
  { method: "POST", by: "uploads", run: createMultipartUpload },
  { method: "POST", by: "restore", takes: ["versionId"], run: restoreObject },
  { method: "PUT", by: "uploadId", takes: ["partNumber"], run: uploadPart },
  { method: "POST", by: "uploadId", run: completeMultipartUpload },
  { method: "DELETE", by: "uploadId", run: abortMultipartUpload },
  { method: "GET", by: "uploadId", takes: ["max-parts", "part-number-marker"], run: listParts },
  {
    method: "GET",
    takes: [
      "versionId",
      "response-content-type",
      "response-content-disposition",
      "response-content-encoding",
      "response-content-language",
      "response-cache-control",
      "response-expires",
    ],
    run: getObject,
  },
  { method: "HEAD", takes: ["versionId"], run: headObject },
  { method: "PUT", header: "x-amz-copy-source", run: copyObject },
  { method: "PUT", run: putObject },
  { method: "DELETE", takes: ["versionId"], run: deleteObject },
];
