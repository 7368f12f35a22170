import { Readable } from "node:stream";
import {
  type _Object as Entry,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { cursorCodec } from "./cursor.ts";
import { findings } from "./findings.ts";
import { outputPath } from "./output.ts";
import { type PassState, passOf, passState } from "./passes.ts";
import { isUnder, skipOf } from "./pictures.ts";
import { type S3Call, toSourceError } from "./s3-errors.ts";
import { type Change, type ChangePage, type Digest, type FileVersion, type Source, SourceError } from "./types.ts";
import { type Patience, verifiedStream } from "./verified.ts";

export interface S3SourceDeps {
  readonly name: string;
  readonly bucket: string;
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Of the bucket. @default the environment's */
  readonly region?: string;
  /** Of another maker's S3, such as R2, MinIO or B2. */
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  /** Further settings of the SDK's client, such as other credentials than the function's own. */
  readonly client?: Pick<S3ClientConfig, "credentials" | "maxAttempts" | "requestHandler">;
  /** Account that must own the bucket. */
  readonly expectedBucketOwner?: string;
  /** Pays for the requests to somebody else's bucket. */
  readonly requesterPays?: boolean;
  /** Folder of results, as the beginning of their keys. Without it nothing can be written. */
  readonly writeBack?: string;
  /** Larger objects are skipped when they are listed. */
  readonly maxBytes?: number;
  /** Keys looked at for one page of changes, at most 1000. @default 1000 */
  readonly pageSize?: number;
  /** A large upload carries the time it was begun at: so long it may take, in milliseconds. @default 2 hours */
  readonly overlapMs?: number;
  /** Time after which a pass delivers everything again, in milliseconds. @default one day */
  readonly fullPassMs?: number;
  readonly patience?: Patience;
  readonly now?: () => number;
}

/**
 * A bucket of S3, or of what speaks its protocol. It has no feed of changes, so each pass lists all
 * keys and delivers what was written since `overlapMs` before the last pass began, and everything
 * once a day. EventBridge may call for a pass at any time. Deletions are not reported.
 * @throws SourceError CONFIG when the write-back folder would hide every picture.
 */
export function s3Source(deps: S3SourceDeps): Source {
  const { name, bucket, prefix = "", writeBack, now = Date.now, pageSize = 1000 } = deps;
  const { overlapMs = 2 * HOUR, fullPassMs = 24 * HOUR } = deps;
  const client = s3Client(deps);
  if (writeBack !== undefined && isUnder(prefix, writeBack))
    throw new SourceError(
      name,
      "CONFIG",
      `expected a write-back folder that holds results alone, received "${writeBack}", which holds all of "${prefix}"`,
    );
  const cursors = cursorCodec({
    source: name,
    kind: "s3",
    scope: `${deps.endpoint ?? ""} ${bucket} ${prefix}`,
    state: passState,
  });
  const common = {
    Bucket: bucket,
    ExpectedBucketOwner: deps.expectedBucketOwner,
    RequestPayer: deps.requesterPays ? ("requester" as const) : undefined,
  };
  /** Runs a call, with what goes wrong as a SourceError. */
  const asked = async <T>(call: Omit<S3Call, "source" | "bucket">, answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw toSourceError({ source: name, bucket, ...call }, error);
    }
  };

  const list = (after: string | undefined, most: number) =>
    asked(
      { action: "s3:ListBucket" },
      client.send(
        // EncodingType is left out: the SDK would hand over the keys still encoded.
        new ListObjectsV2Command({
          ...common,
          Prefix: prefix || undefined,
          StartAfter: after,
          MaxKeys: most,
          OptionalObjectAttributes: ["RestoreStatus"],
        }),
      ),
    );
  const get = (key: string, wanted: { etag?: string; range?: string }, signal?: AbortSignal) =>
    asked(
      { action: "s3:GetObject", key },
      client.send(new GetObjectCommand({ ...common, Key: key, IfMatch: wanted.etag, Range: wanted.range }), {
        abortSignal: signal,
      }),
    );

  async function changes(cursor?: string): Promise<ChangePage> {
    const known = cursor === undefined ? undefined : cursors.decode(cursor);
    const pass = passOf(known, now(), { overlapMs, fullPassMs });
    const { Contents: entries = [], IsTruncated: more } = await list(pass.after, pageSize);
    // Another's page that happens to parse is not an empty bucket.
    if (more === undefined)
      throw new SourceError(name, "UNAVAILABLE", `expected a listing of bucket ${bucket}, received something else`);
    const next: PassState = { ...pass, after: more ? entries.at(-1)?.Key : undefined };
    return {
      changes: entries
        .filter(({ LastModified }) => (LastModified?.getTime() ?? Number.POSITIVE_INFINITY) >= pass.since)
        .flatMap((entry) => toChange(entry, deps)),
      cursor: cursors.encode(next),
      more,
      ...(cursor !== undefined && known === undefined && { resync: true }),
    };
  }

  function read(file: FileVersion, options: Parameters<Source["read"]>[1]): Promise<Readable> {
    let digest: Digest | undefined;
    return verifiedStream({
      ...deps.patience,
      source: name,
      file,
      options,
      digest: () => digest,
      async open(offset, signal) {
        const range = offset > 0 ? `bytes=${offset}-` : undefined;
        const answer = await get(file.id, { etag: file.etag, range }, signal).catch(orNothing);
        if (answer === undefined) return Readable.from([]);
        digest ??= md5Of(answer);
        return answer.Body as Readable;
      },
    });
  }

  async function write(path: string, body: Buffer, { contentType }: { readonly contentType: string }) {
    const key = outputPath(name, writeBack ?? "", path);
    const command = new PutObjectCommand({
      ...common,
      Key: key,
      Body: body,
      ContentType: contentType,
      IfNoneMatch: "*",
    });
    await asked({ action: "s3:PutObject", key }, client.send(command));
    return { id: key, path: key };
  }

  const which = `bucket ${bucket}${prefix && ` that begin with ${prefix}`}`;
  async function listing(): Promise<string> {
    await list(undefined, 1);
    return `The objects of ${which} can be listed.`;
  }
  async function reading(): Promise<string> {
    const [first] = (await list(undefined, 1)).Contents ?? [];
    if (first?.Key === undefined) return "There is no object yet to try reading with.";
    const answer = await get(first.Key, { range: "bytes=0-0" }).catch(orNothing).catch(orArchived);
    (answer?.Body as Readable | undefined)?.destroy();
    return `The objects of ${which} can be read.`;
  }
  const writing = async () => `Results will go to ${writeBack}; whether they may is seen with the first of them.`;

  return {
    name,
    kind: "s3",
    changes,
    read,
    ...(writeBack !== undefined && { write }),
    check: () => findings(writeBack === undefined ? [listing, reading] : [listing, reading, writing]),
  };
}

const HOUR = 60 * 60 * 1000;

function s3Client({ region, endpoint, forcePathStyle, client }: S3SourceDeps): S3Client {
  return new S3Client({
    ...client,
    region,
    forcePathStyle,
    // Ours are compared over all cuts; the SDK's would throw away what came before a cut.
    responseChecksumValidation: "WHEN_REQUIRED",
    // Others than AWS may not know the newer checksums.
    ...(endpoint && { endpoint, requestChecksumCalculation: "WHEN_REQUIRED" }),
  });
}

function toChange(entry: Entry, rules: S3SourceDeps): Change[] {
  const { Key: path, Size: size, ETag: etag, LastModified, StorageClass, RestoreStatus } = entry;
  // What the console puts there for an empty folder.
  if (path === undefined || (path.endsWith("/") && size === 0)) return [];
  const reason = skipOf({ path, size }, rules);
  if (reason) return [{ kind: "skip", path, reason }];
  if (archiveClasses.has(StorageClass ?? "") && RestoreStatus?.RestoreExpiryDate === undefined)
    return [{ kind: "skip", path, reason: "archived" }];
  const version = (etag ?? "").replace(/^"|"$/g, "") || `${size}-${LastModified?.toISOString()}`;
  return [{ kind: "upsert", file: { id: path, version, path, size, modifiedAt: LastModified?.toISOString(), etag } }];
}

const archiveClasses = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** An ETag is the MD5 only of what was put in one piece and not encrypted with a key of its own. */
function md5Of({ ETag, ServerSideEncryption, SSECustomerAlgorithm }: GetObjectCommandOutput): Digest | undefined {
  const [, value] = /^"?([0-9a-f]{32})"?$/i.exec(ETag ?? "") ?? [];
  const isMd5 = !ServerSideEncryption?.startsWith("aws:kms") && SSECustomerAlgorithm === undefined;
  return value !== undefined && isMd5 ? { algorithm: "md5", value } : undefined;
}

/** Beyond the end, and in an empty object, there is no range. */
function orNothing(error: SourceError): undefined {
  if ((error.cause as { name?: string }).name === "InvalidRange") return undefined;
  throw error;
}

/** Archived is not forbidden. */
function orArchived(error: SourceError): undefined {
  if (error.code === "ARCHIVED") return undefined;
  throw error;
}
