import { z } from "zod";
import {
  archiveOptions,
  budgetOptions,
  compressionOptions,
  digestOptions,
  exportOptions,
  limitOptions,
  mailOptions,
  moderationOptions,
  networkOptions,
  peopleOptions,
  priceOptions,
  quotaOptions,
  renditionOptions,
} from "./options.ts";
import { actorsOptions } from "./options-actors.ts";
import { repositoriesOptions } from "./providers/repositories/options.ts";
import { sourcesOptions } from "./providers/sources/options.ts";

/** Days CloudWatch Logs can keep a log group; it takes no others. */
const logsDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const days = z.int().min(1).max(3650);
const reserved = z.int().min(1).max(10_000);

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const domain = z
  .string()
  // A certificate takes no longer name.
  .max(64, "expected at most 64 characters")
  .regex(new RegExp(`^(${label}\\.)+${label}$`), "expected a domain in lower case such as pictures.example.com");

const origin = z
  .string()
  .refine(
    (text) => isSafeAddress(text) && new URL(text).origin === text,
    "expected an origin such as https://pictures.example.com: no path, no *",
  );

/** The shape of a stack's config, key by key. What one key asks of another is in settings-problems.ts. */
export const settingsSchema = z
  .strictObject({
    /** Keep the catalog and the buckets from being deleted or emptied. */
    protect: z.boolean().default(false),
    renditions: renditionOptions,
    limits: limitOptions,
    moderation: moderationOptions,
    compression: compressionOptions,
    /** Dollars that may be spent in a month, by provider. */
    budgets: budgetOptions,
    /** Dollars that a call costs, by provider. */
    prices: priceOptions,
    tinifyKey: z.string().optional(),
    moderatorToken: z.string().optional(),
    /** Where the pipeline stands, its home first. @default aws:region alone */
    regions: z
      .array(z.string().regex(/^[a-z]{2,3}(-[a-z]+)+-\d$/, "expected the name of a Region, such as eu-central-1"))
      .max(4, "expected at most 4 Regions")
      .default([]),
    /** The page is there, and the pictures at `images.` in front of it. */
    domain: domain.optional(),
    /** Route 53 zone that the domain lies in. @default what follows the domain's first dot */
    zone: domain.optional(),
    /** Address of the page, when it is neither the domain nor the distribution's own. */
    siteUrl: z.string().transform(withoutSlash).pipe(origin).optional(),
    /** Address under which people see the pictures, when it is neither. */
    publishedUrl: z.string().refine(isSafeAddress, "expected an https:// address").transform(withoutSlash).optional(),
    /** Further web pages that may upload from a browser and read published pixels. */
    origins: z.array(origin).default([]),
    /** Without it nobody can sign in. Pulumi's own default is `{}`. */
    mail: z.preprocess((value) => (isEmpty(value) ? undefined : value), mailOptions.optional()),
    /** Without it no figures are mailed. */
    digest: z.preprocess((value) => (isEmpty(value) ? undefined : value), digestOptions.optional()),
    /** Without it nothing is exported. */
    export: z.preprocess((value) => (isEmpty(value) ? undefined : value), exportOptions.optional()),
    /** Without it no original is archived. */
    archive: z.preprocess((value) => (isEmpty(value) ? undefined : value), archiveOptions.optional()),
    /** What wakes the actors: the table's stream itself, or topics that its changes are announced in. */
    chaining: z.enum(["streams", "sns"]).default("streams"),
    people: peopleOptions,
    quotas: quotaOptions,
    /** Places that pictures come from. */
    sources: sourcesOptions,
    /** Repositories whose pages' pictures are found, developed, and put in place. */
    repositories: repositoriesOptions,
    /** Credentials as JSON, by the name of the source or repository they are for. */
    sourceSecrets: z.record(z.string(), z.string().refine(isJsonObject, "expected a text of JSON")).default({}),
    /** Actors of the stack's own, in any language. */
    actors: actorsOptions,
    /** There are folders that a source can look into: so on a laptop, whose host says so. */
    folders: z.boolean().default(false),
    retention: z
      .strictObject({
        logsDays: z
          .int()
          .refine((n) => logsDays.includes(n), `expected one of ${logsDays.join(", ")}`)
          .default(30),
        /** Uploads as they came. Ingest copies what it takes, so this is the time there is to mend a stuck intake. */
        incomingDays: days.default(30),
        /** What resize and compress hand on, of pictures that the next step has not taken up. */
        workingDays: days.default(7),
        /** Small pictures for reviewers; a review that takes longer goes without. */
        previewsDays: days.max(365).default(365),
        quarantineDays: days.default(90),
        /** Originals of pictures that the moderator or a person refused. */
        rejectedDays: days.default(90),
        deadLettersDays: days.default(90),
      })
      .prefault({}),
    /** Executions at once that the stack sets aside for its functions, which share them (settings-capacity.ts); 0 for none. */
    capacity: z.int().min(0).max(100_000).default(0),
    /** The account's limit on executions at once in this Region. */
    accountConcurrency: z.int().min(10).max(1_000_000).default(1000),
    /** Reserved concurrency: an actor's own, whatever the capacity gives it. Without both it shares the account's. */
    concurrency: z
      .strictObject({
        // The intake queue's mapping takes no maximum below 2.
        ingest: reserved.min(2).optional(),
        moderate: reserved.optional(),
        resize: reserved.optional(),
        compress: reserved.optional(),
        publish: reserved.optional(),
        forget: reserved.optional(),
        reconcile: reserved.optional(),
        archive: reserved.optional(),
        // Its queue's mapping takes no maximum below 2.
        restore: reserved.min(2).optional(),
        // Of each source: its queue's mapping takes no maximum below 2, one is for its schedule and one for calls.
        pull: reserved.min(4).optional(),
        // Of each repository, in the same way.
        discover: reserved.min(4).optional(),
        // Where `chaining: sns` has a topic told.
        announce: reserved.optional(),
        api: reserved.optional(),
      })
      .prefault({}),
    /** Without it functions run in no network of ours. */
    network: z.preprocess((value) => (isEmpty(value) ? undefined : value), networkOptions.optional()),
    alarms: z
      .strictObject({
        enabled: z.boolean().default(false),
        email: z.email().optional(),
        /** Address of the folder in which the run-books can be read, such as a repository's docs/runbooks. */
        runbooks: z.string().refine(isSafeAddress, "expected an https:// address").transform(withoutSlash).optional(),
      })
      .refine(({ enabled, email }) => enabled || email === undefined, {
        error: "an address is named, but enabled is not true",
        path: ["email"],
      })
      .prefault({}),
  })
  .refine(({ compression, tinifyKey }) => compression.kind !== "tinify" || tinifyKey !== undefined, {
    error: "compression is of kind tinify, which needs its API key: pulumi config set --secret darkroom:tinifyKey",
    path: ["tinifyKey"],
  })
  .refine(({ budgets, prices }) => budgets.http === undefined || prices.http !== undefined, {
    error:
      "a budget for the HTTP moderator needs what a call costs: pulumi config set --path darkroom:prices.http 0.002",
    path: ["budgets", "http"],
  });

export type Checked = z.infer<typeof settingsSchema>;

function isSafeAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "https:" || (url?.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}
