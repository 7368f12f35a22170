import type {
  CompressionOptions,
  DigestOptions,
  ExportOptions,
  LimitOptions,
  MailOptions,
  ModerationOptions,
  PeopleOptions,
  QuotaOptions,
  RenditionOptions,
} from "../options.ts";
import type { RepositoryOptions } from "../providers/repositories/options.ts";
import type { SourceOptions } from "../providers/sources/options.ts";
import type { CostTerms } from "./costs/terms.ts";
import type { OwnActor } from "./dead-letters.ts";
import type { Keeping } from "./reminder.ts";
import type { Turns } from "./turns.ts";

/**
 * Each function's environment: what components/ must set and what the function reads, in one
 * place. Values that are not text travel as JSON; settings.ts checked them before they left.
 */
interface CommonEnv {
  CATALOG_TABLE: string;
  /** Stack name, such as `dev`. */
  ENVIRONMENT: string;
  /** Regions in which the catalog has a replica and the pipeline stands, the home first. */
  REGIONS: readonly string[];
}
/** Of actors that may bring a picture to its end. */
interface KeepingEnv {
  /** How long originals stay then. */
  KEEPING: Keeping;
}
export interface IngestEnv extends CommonEnv {
  INCOMING_BUCKET: string;
  WORKING_BUCKET: string;
  QUARANTINE_BUCKET: string;
  LIMITS: LimitOptions;
}
export interface ModerateEnv extends CommonEnv, KeepingEnv {
  WORKING_BUCKET: string;
  LIMITS: LimitOptions;
  MODERATION: ModerationOptions;
  COSTS: CostTerms;
  /** Version of the secret with the HTTP moderator's bearer token, as `<ARN>|<version>`; empty when it needs none. */
  MODERATOR_SECRET: string;
}
export interface ResizeEnv extends CommonEnv, KeepingEnv {
  WORKING_BUCKET: string;
  LIMITS: LimitOptions;
  RENDITIONS: RenditionOptions;
}
export interface CompressEnv extends CommonEnv, KeepingEnv {
  WORKING_BUCKET: string;
  COMPRESSION: CompressionOptions;
  COSTS: CostTerms;
  /** Address under which the published bucket is seen, without a slash at the end. */
  PUBLISHED_URL: string;
  /** Version of the secret with tinify's API key; empty when tinify is not used. */
  TINIFY_SECRET: string;
}
export interface PublishEnv extends CommonEnv, KeepingEnv {
  WORKING_BUCKET: string;
  PUBLISHED_BUCKET: string;
  RENDITIONS: RenditionOptions;
}
export interface ForgetEnv extends CommonEnv {
  INCOMING_BUCKET: string;
  WORKING_BUCKET: string;
  PUBLISHED_BUCKET: string;
  QUARANTINE_BUCKET: string;
  ARCHIVE_BUCKET: string;
  /** Distribution whose caches must forget as well. */
  DISTRIBUTION_ID: string;
  /** The other Regions' buckets. */
  ELSEWHERE: readonly BucketsOfRegion[];
}
/** Names of one Region's buckets, by what they hold. */
export type BucketsOfRegion = { readonly region: string } & Readonly<
  Record<"incoming" | "working" | "published" | "quarantine" | "archived", string>
>;
export interface ArchiveEnv extends CommonEnv, KeepingEnv {
  WORKING_BUCKET: string;
  ARCHIVE_BUCKET: string;
  /** Storage class of what is archived; empty where nothing is. */
  STORAGE_CLASS: string;
  /** In which it comes there. Another one where S3 is to replicate it first, and moves it then. */
  ARRIVAL_CLASS: string;
}
export interface RestoreEnv extends CommonEnv {
  WORKING_BUCKET: string;
  ARCHIVE_BUCKET: string;
}
export interface ApiEnv extends CommonEnv, KeepingEnv {
  INCOMING_BUCKET: string;
  /** Holds the previews of pictures in review. */
  WORKING_BUCKET: string;
  /** That of each other Region. */
  WORKING_ELSEWHERE: readonly Pick<BucketsOfRegion, "region" | "working">[];
  LIMITS: LimitOptions;
  /** Address of the page, without a slash at the end. */
  SITE_URL: string;
  /** Version of the secret with the text that proves that a request came through the page's distribution. */
  DOOR_SECRET: string;
  /** Null where no mail can be sent, and so nobody can sign in. */
  MAIL: MailOptions | null;
  PEOPLE: PeopleOptions;
  QUOTAS: QuotaOptions;
  /** Where Lambda keeps the changes that it gave up. */
  DEAD_LETTERS_BUCKET: string;
  /** Queues of messages that were given up. */
  DEAD_QUEUES: readonly DeadQueueOptions[];
  /** Actors that the stack adds to ours. */
  OWN_ACTORS: readonly OwnActor[];
  /** Queue that wakes ingest. */
  INTAKE_QUEUE_URL: string;
  /** The sources of the stack, for those who want to know how they stand. */
  SOURCES: readonly Pick<SourceOptions, "name" | "kind" | "every">[];
  COSTS: CostTerms;
  /** Function that mails the figures of a day; empty where none does. */
  DIGEST_FUNCTION: string;
  /** Null where nothing is exported. */
  EXPORT: ExportPlace | null;
}
/** Where exports are made, kept and asked for. */
export interface ExportPlace {
  /** Function that makes them. */
  readonly function: string;
  readonly bucket: string;
  /** AWS Region of the bucket, the database and the workgroup. */
  readonly region: string;
  /** Of Glue's catalog. */
  readonly database: string;
  /** Of Athena. */
  readonly workgroup: string;
}
/** Needs nothing of the catalog: what changed is told to it. */
export interface AnnounceEnv extends Pick<CommonEnv, "ENVIRONMENT"> {
  /** ARN of the topic. */
  TOPIC: string;
}
export interface ExportEnv extends CommonEnv {
  EXPORTS_BUCKET: string;
  EXPORT: ExportOptions;
}
export interface DigestEnv extends CommonEnv {
  DIGEST: DigestOptions;
  MAIL: MailOptions;
  COSTS: CostTerms;
  /** Address of the page, without a slash at the end. */
  SITE_URL: string;
  SOURCES: ApiEnv["SOURCES"];
}
export interface DeadQueueOptions {
  readonly actor: string;
  /** Whose files its messages name; absent where they name objects that came in. */
  readonly source?: string;
  /** Address of the queue. */
  readonly from: string;
  /** Of the one that its messages came from; absent where they are announced changes, whose pictures are woken instead. */
  readonly to?: string;
}
export interface PullEnv extends CommonEnv {
  INCOMING_BUCKET: string;
  LIMITS: LimitOptions;
  /** The one source that this function looks after. */
  SOURCE: SourceOptions;
  /** Version of the secret with the source's credentials; empty where the role's own are enough. */
  SOURCE_SECRET: string;
  /** Queue of the files to fetch. */
  QUEUE_URL: string;
  /** Address at which the source's service may call. */
  HOOK_URL: string;
}
export interface WriteBackEnv extends CommonEnv {
  PUBLISHED_BUCKET: string;
  SOURCE: SourceOptions;
  /** Version of the secret with the source's credentials; empty where the role's own are enough. */
  SOURCE_SECRET: string;
}
export interface DiscoverEnv extends CommonEnv {
  INCOMING_BUCKET: string;
  WORKING_BUCKET: string;
  LIMITS: LimitOptions;
  /** The one repository that this function looks after. */
  REPOSITORY: RepositoryOptions;
  /** Version of the secret with its token or key. */
  REPOSITORY_SECRET: string;
  /** Queue of calls for a look. */
  QUEUE_URL: string;
  /** Address under which the published bucket is seen, without a slash at the end. */
  PUBLISHED_URL: string;
}

export interface ReconcileEnv extends CommonEnv {
  INCOMING_BUCKET: string;
  /** Queue that wakes ingest. */
  INTAKE_QUEUE_URL: string;
  /** When what does not move is helped on: of objects without a record, and of records that stand still. */
  TURNS: {
    readonly objects: Turns;
    readonly records: Turns;
    /** When what a Region that is out has not finished is taken over. */
    readonly adopt: number;
  };
}

type Kind = "text" | "json" | "maybe";

/** Keys of each environment and how they are read: `text` must be there, `maybe` may be empty, `json` must parse. */
const common = { CATALOG_TABLE: "text", ENVIRONMENT: "text", REGIONS: "json" } as const;
export const envOf = {
  ingest: {
    ...common,
    INCOMING_BUCKET: "text",
    WORKING_BUCKET: "text",
    QUARANTINE_BUCKET: "text",
    LIMITS: "json",
  } satisfies Record<keyof IngestEnv, Kind>,
  moderate: {
    ...common,
    KEEPING: "json",
    WORKING_BUCKET: "text",
    LIMITS: "json",
    MODERATION: "json",
    COSTS: "json",
    MODERATOR_SECRET: "maybe",
  } satisfies Record<keyof ModerateEnv, Kind>,
  resize: { ...common, KEEPING: "json", WORKING_BUCKET: "text", LIMITS: "json", RENDITIONS: "json" } satisfies Record<
    keyof ResizeEnv,
    Kind
  >,
  compress: {
    ...common,
    KEEPING: "json",
    WORKING_BUCKET: "text",
    COMPRESSION: "json",
    COSTS: "json",
    PUBLISHED_URL: "text",
    TINIFY_SECRET: "maybe",
  } satisfies Record<keyof CompressEnv, Kind>,
  publish: {
    ...common,
    KEEPING: "json",
    WORKING_BUCKET: "text",
    PUBLISHED_BUCKET: "text",
    RENDITIONS: "json",
  } satisfies Record<keyof PublishEnv, Kind>,
  pull: {
    ...common,
    INCOMING_BUCKET: "text",
    LIMITS: "json",
    SOURCE: "json",
    SOURCE_SECRET: "maybe",
    QUEUE_URL: "text",
    HOOK_URL: "text",
  } satisfies Record<keyof PullEnv, Kind>,
  discover: {
    ...common,
    INCOMING_BUCKET: "text",
    WORKING_BUCKET: "text",
    LIMITS: "json",
    REPOSITORY: "json",
    REPOSITORY_SECRET: "text",
    QUEUE_URL: "text",
    PUBLISHED_URL: "text",
  } satisfies Record<keyof DiscoverEnv, Kind>,
  "write-back": { ...common, PUBLISHED_BUCKET: "text", SOURCE: "json", SOURCE_SECRET: "maybe" } satisfies Record<
    keyof WriteBackEnv,
    Kind
  >,
  forget: {
    ...common,
    INCOMING_BUCKET: "text",
    WORKING_BUCKET: "text",
    PUBLISHED_BUCKET: "text",
    QUARANTINE_BUCKET: "text",
    ARCHIVE_BUCKET: "text",
    DISTRIBUTION_ID: "text",
    ELSEWHERE: "json",
  } satisfies Record<keyof ForgetEnv, Kind>,
  reconcile: {
    ...common,
    INCOMING_BUCKET: "text",
    INTAKE_QUEUE_URL: "text",
    TURNS: "json",
  } satisfies Record<keyof ReconcileEnv, Kind>,
  archive: {
    ...common,
    KEEPING: "json",
    WORKING_BUCKET: "text",
    ARCHIVE_BUCKET: "text",
    STORAGE_CLASS: "maybe",
    ARRIVAL_CLASS: "maybe",
  } satisfies Record<keyof ArchiveEnv, Kind>,
  restore: { ...common, WORKING_BUCKET: "text", ARCHIVE_BUCKET: "text" } satisfies Record<keyof RestoreEnv, Kind>,
  api: {
    ...common,
    KEEPING: "json",
    INCOMING_BUCKET: "text",
    WORKING_BUCKET: "text",
    LIMITS: "json",
    SITE_URL: "text",
    DOOR_SECRET: "text",
    MAIL: "json",
    PEOPLE: "json",
    QUOTAS: "json",
    SOURCES: "json",
    COSTS: "json",
    DIGEST_FUNCTION: "maybe",
    DEAD_LETTERS_BUCKET: "text",
    DEAD_QUEUES: "json",
    OWN_ACTORS: "json",
    WORKING_ELSEWHERE: "json",
    INTAKE_QUEUE_URL: "text",
    EXPORT: "json",
  } satisfies Record<keyof ApiEnv, Kind>,
  announce: { ENVIRONMENT: "text", TOPIC: "text" } satisfies Record<keyof AnnounceEnv, Kind>,
  export: { ...common, EXPORTS_BUCKET: "text", EXPORT: "json" } satisfies Record<keyof ExportEnv, Kind>,
  digest: {
    ...common,
    DIGEST: "json",
    MAIL: "json",
    SITE_URL: "text",
    SOURCES: "json",
    COSTS: "json",
  } satisfies Record<keyof DigestEnv, Kind>,
};

/** Reads one function's environment. @throws Error `ENV_INVALID` that lists every variable that is missing or cannot be read. */
export function readEnv<T>(keys: Readonly<Record<keyof T & string, Kind>>, env: NodeJS.ProcessEnv = process.env): T {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, kind] of Object.entries<Kind>(keys)) {
    const value = env[key] ?? "";
    if (value === "" && kind !== "maybe") problems.push(`${key} is not set`);
    else if (kind !== "json") values[key] = value;
    else
      try {
        values[key] = JSON.parse(value);
      } catch {
        problems.push(`${key} is not JSON: ${value.slice(0, 60)}`);
      }
  }
  if (problems.length > 0)
    throw new Error(
      `ENV_INVALID: expected ${Object.keys(keys).join(", ")} in the environment, but ${problems.join("; ")}. Mend the component that sets them.`,
    );
  return values as T;
}
