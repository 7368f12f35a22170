import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { compressionOptions, limitOptions, moderationOptions, renditionOptions } from "./options.ts";
import { sourcesOptions } from "./providers/sources/options.ts";

/** Days CloudWatch Logs can keep a log group; it takes no others. */
const logsDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const days = z.int().min(1).max(3650);
const reserved = z.int().min(1).max(10_000);

const settingsSchema = z
  .strictObject({
    /** Keep the catalog and the buckets from being deleted or emptied. */
    protect: z.boolean().default(false),
    renditions: renditionOptions,
    limits: limitOptions,
    moderation: moderationOptions,
    compression: compressionOptions,
    tinifyKey: z.string().optional(),
    moderatorToken: z.string().optional(),
    /** Address under which people see the pictures, when it is not the distribution's own. */
    publishedUrl: z.string().refine(isSafeAddress, "expected an https:// address").transform(withoutSlash).optional(),
    /** Web pages that may upload from a browser and read published pixels. */
    origins: z
      .array(
        z
          .string()
          .refine(
            (text) => isSafeAddress(text) && new URL(text).origin === text,
            "expected an origin such as https://pictures.example.com: no path, no *",
          ),
      )
      .default([]),
    /** Places that pictures come from. */
    sources: sourcesOptions,
    /** Credentials as JSON, by the name of the source they are for. */
    sourceSecrets: z.record(z.string(), z.string().refine(isJsonObject, "expected a text of JSON")).default({}),
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
        /** What resize and compress leave behind; originals stay. */
        workingDays: days.default(7),
        quarantineDays: days.default(90),
        deadLettersDays: days.default(90),
      })
      .prefault({}),
    /** Reserved concurrency; an actor without one shares the account's. */
    concurrency: z
      .strictObject({
        // The intake queue's mapping takes no maximum below 2.
        ingest: reserved.min(2).optional(),
        moderate: reserved.optional(),
        resize: reserved.optional(),
        compress: reserved.optional(),
        publish: reserved.optional(),
        // Of each source: its queue's mapping takes no maximum below 2, and one more is for its schedule.
        pull: reserved.min(3).optional(),
        api: reserved.optional(),
      })
      .prefault({}),
    alarms: z
      .strictObject({ enabled: z.boolean().default(false), email: z.email().optional() })
      .refine(({ enabled, email }) => enabled || email === undefined, {
        error: "an address is named, but enabled is not true",
        path: ["email"],
      })
      .prefault({}),
  })
  .refine(({ compression, tinifyKey }) => compression.kind !== "tinify" || tinifyKey !== undefined, {
    error: "compression is of kind tinify, which needs its API key: pulumi config set --secret darkroom:tinifyKey",
    path: ["tinifyKey"],
  });

type Checked = z.infer<typeof settingsSchema>;
type Hidden = (typeof secrets)[number];

/** Everything a stack's config says, checked and with its defaults. */
export interface Settings extends Readonly<Omit<Checked, Hidden | "alarms" | "folders">> {
  /** Name of the stack, such as `dev`. */
  readonly environment: string;
  /** AWS Region in which the stack stands. */
  readonly region: string;
  /** Absent when no alarms are wanted. */
  readonly alarms?: { readonly email?: string };
  /** tinify's API key, secret; absent when tinify does not compress. */
  readonly tinifyKey?: pulumi.Output<string>;
  /** The HTTP moderator's bearer token, secret; absent when no HTTP moderator is asked. */
  readonly moderatorToken?: pulumi.Output<string>;
  /** Credentials as JSON, secret, by the name of the source they are for; most kinds need some. */
  readonly sourceSecrets: Readonly<Partial<Record<string, pulumi.Output<string>>>>;
}

/** Ends the program with its message alone; Pulumi prints no stack for it. */
export class SettingsError extends pulumi.RunError {
  override readonly name = "SettingsError";
  readonly code = "SETTINGS_INVALID";
  constructor(problems: readonly string[]) {
    const stack = pulumi.getStack();
    super(
      `SETTINGS_INVALID: Expected the config of stack ${stack} to follow Pulumi.yaml, but:\n${problems.map((problem) => `  - ${problem}`).join("\n")}\nMend Pulumi.${stack}.yaml.`,
    );
  }
}

/** Reads and checks the stack's config. @throws SettingsError that lists every problem. */
export function readSettings(): Settings {
  const problems: string[] = [];
  const region = new pulumi.Config("aws").get("region") ?? "";
  if (region === "") problems.push("aws:region is not set; expected one such as eu-west-1");
  const { values, strange } = readValues();
  problems.push(...strange, ...sourceProblems(values));

  const checked = settingsSchema.safeParse(values);
  if (!checked.success) problems.push(...checked.error.issues.flatMap(sentences));
  if (!checked.success || problems.length > 0) throw new SettingsError(problems);

  const { alarms, tinifyKey, moderatorToken, sourceSecrets, folders, ...settings } = checked.data;
  const { compression, moderation } = settings;
  const config = new pulumi.Config(project);
  return freeze({
    ...settings,
    environment: pulumi.getStack(),
    region,
    alarms: alarms.enabled ? { email: alarms.email } : undefined,
    tinifyKey: compression.kind === "tinify" && tinifyKey !== undefined ? config.requireSecret("tinifyKey") : undefined,
    moderatorToken:
      [moderation.screen, moderation.escalate].includes("http") && moderatorToken !== undefined
        ? config.requireSecret("moderatorToken")
        : undefined,
    sourceSecrets: Object.fromEntries(Object.entries(sourceSecrets).map(([name, text]) => [name, pulumi.secret(text)])),
  });
}

const project = "darkroom";
/** Keys whose value is text; every other one is JSON. */
const texts = ["tinifyKey", "moderatorToken", "publishedUrl"];
const secrets = ["tinifyKey", "moderatorToken", "sourceSecrets"] as const;
const flags = ["protect", "folders"];
const known = Object.keys(settingsSchema.shape);

function readValues() {
  const values: Record<string, unknown> = {};
  const strange: string[] = [];
  for (const [name, text] of Object.entries(pulumi.runtime.allConfig())) {
    const [namespace, key = ""] = name.split(":");
    if (namespace !== project || (text === "" && texts.includes(key))) continue;
    if (!known.includes(key))
      strange.push(`${name} is not a setting; the nearest is ${project}:${nearest(key, known)}`);
    else if (texts.includes(key)) values[key] = text;
    else
      try {
        values[key] = JSON.parse(text);
      } catch {
        const received = isHidden(key) ? "not JSON" : JSON.stringify(text);
        const expected = flags.includes(key) ? "true or false" : "a structure, as Pulumi.yaml describes it";
        strange.push(`${name} is ${received}; expected ${expected}`);
      }
    if (isHidden(key) && text !== "{}" && !isSecret(name))
      strange.push(`${name} is in plain text; encrypt it: pulumi config set --secret ${name}`);
  }
  return { values, strange };
}

const isHidden = (key: string): key is Hidden => secrets.some((secret) => secret === key);

/** Pulumi's own look at whether a value is encrypted; its type declarations leave it out. */
const isSecret = (name: string) =>
  (pulumi.runtime as unknown as { isConfigSecret(name: string): boolean }).isConfigSecret(name);

/** What the entries of the sources ask of other settings; said as well when the entries themselves are wrong. */
function sourceProblems({ sources, sourceSecrets, folders }: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  const [given, kinds] = [Object.keys(Object(sourceSecrets)), new Map<string, unknown>()];
  for (const [index, entry] of (Array.isArray(sources) ? sources : []).entries()) {
    const at = `${project}:sources.${index}`;
    const { name, kind } = Object(entry) as Record<string, unknown>;
    if (kind === "folder" && folders !== true)
      problems.push(
        `${at}.kind: a folder is there only under npm start, not in AWS. Use kind s3, dropbox, azure-blob or google-drive`,
      );
    if (typeof name !== "string") continue;
    kinds.set(name, kind);
    if (name.length > longestName())
      problems.push(`${at}.name: expected at most ${longestName()} characters, as AWS's own names end at 64`);
    if (["dropbox", "google-drive", "azure-blob"].includes(String(kind)) && !given.includes(name))
      problems.push(
        `${at}: a source of kind ${kind} needs credentials: pulumi config set --secret --path ${project}:sourceSecrets.${name}`,
      );
  }
  for (const name of given)
    if (!kinds.has(name)) problems.push(`${project}:sourceSecrets.${name}: no source has this name`);
    else if (kinds.get(name) === "folder")
      problems.push(`${project}:sourceSecrets.${name}: a source of kind folder takes no credentials`);
  return problems;
}

/** Of a source: the longest name made of it is its schedule's. */
const longestName = () => 64 - `${project}-${pulumi.getStack()}-pull--schedule-123456`.length;

function sentences({ path, message, ...issue }: z.core.$ZodIssue): string[] {
  const at = `${project}:${path.join(".")}`;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${at}.${key} is not a setting`);
  return [`${at}: ${message}`];
}

/** The known key with the fewest letters to change. */
const nearest = (key: string, keys: readonly string[]) =>
  keys.reduce((best, other) => (distance(key, other) < distance(key, best) ? other : best));

/** Levenshtein distance, in lower case. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from.toLowerCase()].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to.toLowerCase()].entries())
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}

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

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}

/** Freezes plain data all the way down; outputs stay as Pulumi made them. */
function freeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null && !pulumi.Output.isInstance(inner)) freeze(inner);
  return Object.freeze(value);
}
