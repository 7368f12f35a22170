import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { sharesOf } from "./settings-capacity.ts";
import { problemsBetween, project, zoneAbove } from "./settings-problems.ts";
import { type Checked, settingsSchema } from "./settings-schema.ts";

type Hidden = (typeof secrets)[number];

/** Everything a stack's config says, checked and with its defaults. */
export interface Settings
  extends Readonly<Omit<Checked, Hidden | "alarms" | "folders" | "domain" | "zone" | "regions">> {
  /** Name of the stack, such as `dev`. */
  readonly environment: string;
  /** AWS Region in which the stack is at home; within a Region's component, that Region. */
  readonly region: string;
  /** All Regions in which the pipeline stands, the home first. */
  readonly regions: readonly [string, ...string[]];
  /** Host names of the page, of the pictures, and of the API where it stands in more than one Region; and the Route 53 zone that they lie in; absent without a domain. */
  readonly domain?: { readonly site: string; readonly images: string; readonly api: string; readonly zone: string };
  /** Absent when no alarms are wanted. */
  readonly alarms?: { readonly email?: string; readonly runbooks?: string };
  /** tinify's API key, secret; absent when tinify does not compress. */
  readonly tinifyKey?: pulumi.Output<string>;
  /** The HTTP moderator's bearer token, secret; absent when no HTTP moderator is asked. */
  readonly moderatorToken?: pulumi.Output<string>;
  /** Credentials as JSON, secret, by the name of the source or repository they are for; most kinds need some. */
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
  problems.push(...strange, ...problemsBetween(values, region));

  const checked = settingsSchema.safeParse(values);
  if (!checked.success) problems.push(...checked.error.issues.flatMap(sentences));
  if (!checked.success || problems.length > 0) throw new SettingsError(problems);

  const { alarms, tinifyKey, moderatorToken, sourceSecrets, folders, domain, zone, regions, ...settings } =
    checked.data;
  const { compression, moderation } = settings;
  const config = new pulumi.Config(project);
  return freeze({
    ...settings,
    concurrency: concurrencyOf(settings),
    environment: pulumi.getStack(),
    region,
    regions: [region, ...regions.slice(1)],
    domain: domain === undefined ? undefined : hostsOf(domain, zone),
    alarms: alarms.enabled ? { email: alarms.email, runbooks: alarms.runbooks } : undefined,
    tinifyKey: compression.kind === "tinify" && tinifyKey !== undefined ? config.requireSecret("tinifyKey") : undefined,
    moderatorToken:
      [moderation.screen, moderation.escalate].includes("http") && moderatorToken !== undefined
        ? config.requireSecret("moderatorToken")
        : undefined,
    sourceSecrets: Object.fromEntries(Object.entries(sourceSecrets).map(([name, text]) => [name, pulumi.secret(text)])),
  });
}

type Claiming = Pick<Checked, "capacity" | "chaining" | "concurrency" | "sources" | "repositories">;
const concurrencyOf = ({ capacity, chaining, concurrency, sources, repositories }: Claiming) =>
  capacity === 0
    ? concurrency
    : sharesOf(capacity, {
        named: concurrency,
        sources: sources.length,
        repositories: repositories.length,
        announced: chaining === "sns",
      });

const hostsOf = (domain: string, zone = zoneAbove(domain)) => ({
  site: domain,
  images: `images.${domain}`,
  api: `api.${domain}`,
  zone,
});

/** Keys whose value is text; every other one is JSON. */
const texts = ["tinifyKey", "moderatorToken", "domain", "zone", "siteUrl", "publishedUrl", "chaining"];
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

/** Freezes plain data all the way down; outputs stay as Pulumi made them. */
function freeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null && !pulumi.Output.isInstance(inner)) freeze(inner);
  return Object.freeze(value);
}
