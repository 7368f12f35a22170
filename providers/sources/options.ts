import { z } from "zod";

/**
 * What a stack may say about the places pictures come from: one entry a source, its fields by
 * kind. No credential is ever among them; those are secrets.
 */
const reserved = ["upload", "bucket"];
const name = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, "expected 1 to 40 of a-z, 0-9 and -; it names the schedule, the secret and the cursor")
  .refine((text) => !reserved.includes(text), "expected another name: pictures that no source brought are called so");

const every = z
  .templateLiteral([z.int(), z.enum([" minute", " minutes", " hour", " hours"])], {
    error: 'expected a time such as "5 minutes" or "1 hour"',
  })
  .refine((text) => minutesOf(text) >= 1 && minutesOf(text) <= 24 * 60, "expected 1 minute to 24 hours")
  .refine((text) => text.endsWith("s") !== /^1 /.test(text), 'expected "1 minute", "1 hour", or "2 minutes" and more')
  .default("5 minutes");

const common = {
  name,
  /** Time between two looks, as EventBridge Scheduler writes it. */
  every,
  /** Largest file taken, in bytes. @default the stack's limits.maxBytes */
  maxBytes: z
    .int()
    .min(1024)
    .max(500 * 1024 * 1024)
    .optional(),
};

/** A folder inside the source, named from its root. Results go there and are never pulled again. */
const writeBack = (shape: RegExp, example: string) =>
  z
    .string()
    .regex(shape, `expected a folder such as ${example}`)
    .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "expected no . or .. in the path")
    .optional();

const keyPrefix = z
  .string()
  .max(900)
  .regex(/^[^/]/, "expected the beginning of names, without a slash in front, such as raw/")
  .optional();
const keyFolder = writeBack(/^[^/].{0,900}$/, "web/2026");

const endpoint = z
  .url({ protocol: /^https?$/, error: "expected an address such as https://s3.example.com" })
  .refine((text) => URL.canParse(text) && !hasCredentials(new URL(text)), "expected an address without credentials")
  .optional();

const s3 = z.strictObject({
  ...common,
  kind: z.literal("s3"),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "expected the name of a bucket"),
  /** Of the bucket. @default the stack's */
  region: z
    .string()
    .regex(/^[a-z0-9-]{2,40}$/, "expected a Region such as eu-west-1")
    .optional(),
  prefix: keyPrefix,
  /** Of another maker's S3, such as R2, MinIO or B2. */
  endpoint,
  forcePathStyle: z.boolean().optional(),
  /** Account that must own the bucket. */
  owner: z
    .string()
    .regex(/^\d{12}$/, "expected the 12 digits of an account, in quotes")
    .optional(),
  /** Pay for the requests to somebody else's bucket. */
  requesterPays: z.boolean().optional(),
  writeBack: keyFolder,
});

const dropbox = z.strictObject({
  ...common,
  kind: z.literal("dropbox"),
  /** `""` is everything the app can see. */
  path: z
    .string()
    .regex(/^(\/[^/]+)*$/, 'expected a folder such as /Campaigns, or ""')
    .default(""),
  /** Id of the team space when the folder lies in one. */
  namespace: z.string().regex(/^\d+$/, "expected the digits of a namespace id, in quotes").optional(),
  writeBack: writeBack(/^(\/[^/]+)+$/, "/Campaigns/web"),
});

const azureBlob = z.strictObject({
  ...common,
  kind: z.literal("azure-blob"),
  account: z.string().regex(/^[a-z0-9]{3,24}$/, "expected the name of a storage account: 3 to 24 of a-z and 0-9"),
  container: z
    .string()
    .regex(/^(\$root|\$web|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/, "expected the name of a container"),
  prefix: keyPrefix,
  /** Of another cloud or an emulator. @default https://<account>.blob.core.windows.net */
  endpoint,
  /** Application of Entra ID that trusts the function's role, so that no secret of Azure is kept. */
  entra: z
    .strictObject({ tenantId: z.guid("expected a tenant's id"), clientId: z.guid("expected an application's id") })
    .optional(),
  writeBack: keyFolder,
});

const driveId = z.string().regex(/^[\w-]{1,100}$/, "expected an id, the last part of the folder's address");
const googleDrive = z.strictObject({
  ...common,
  kind: z.literal("google-drive"),
  /** Folder's id. */
  folder: driveId,
  /** Shared drive's id, when the folder lies in one. */
  drive: driveId.optional(),
  /** Id of the folder that results go to. */
  writeBack: driveId.optional(),
});

const folder = z.strictObject({
  ...common,
  kind: z.literal("folder"),
  /** On the machine that runs Darkroom; relative to the project's folder. */
  path: z.string().min(1, "expected the path of a folder"),
  /** A file younger than this may still be growing, and waits. */
  settleSeconds: z.int().min(0).max(3600).optional(),
  writeBack: writeBack(/^[^/].{0,900}$/, "web"),
});

export const sourceOptions = z.discriminatedUnion(
  "kind",
  [s3, dropbox, azureBlob, googleDrive, folder, amazonDrive()],
  {
    error: ({ input }) =>
      `expected one of s3, dropbox, azure-blob, google-drive, folder, received ${JSON.stringify(Object(input).kind)}`,
  },
);

export const sourcesOptions = z
  .array(sourceOptions)
  .max(100)
  .refine((sources) => repeated(sources).length === 0, {
    error: ({ input }) =>
      `expected a name for each, but more than one source is called ${repeated(input).join(" and ")}`,
    // Also when an entry has problems of its own: they are listed together.
    when: ({ value }) => Array.isArray(value),
  })
  .default([]);

export type SourceOptions = z.infer<typeof sourceOptions>;

/** Whether an entry as it came, perhaps wrong, asks for a secret. */
export const needsSecret = (entry: unknown): boolean => {
  const { kind, entra } = Object(entry) as Readonly<Record<string, unknown>>;
  return kind === "dropbox" || kind === "google-drive" || (kind === "azure-blob" && entra === undefined);
};

/** Minutes of an `every`. */
export const minutesOf = (text: string) => Number.parseInt(text, 10) * (text.includes("hour") ? 60 : 1);

function repeated(sources: unknown): readonly string[] {
  const names = (sources as readonly unknown[]).map((source) => Object(source).name).filter((one) => one !== undefined);
  return [...new Set(names.filter((one, index) => names.indexOf(one) < index))].map(String);
}

/** Known, so that it can be refused in words rather than as a name nobody has heard of. */
function amazonDrive() {
  return z
    .looseObject({ kind: z.literal("amazon-drive") })
    .refine(() => false, {
      error:
        "Amazon Drive closed on 2023-12-31, and Amazon Photos has no interface for programs. Use kind s3, or folder",
      path: ["kind"],
    })
    .transform((): never => z.NEVER);
}

const hasCredentials = ({ username, password, search }: URL) => username !== "" || password !== "" || search !== "";
