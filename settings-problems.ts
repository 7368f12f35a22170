import { statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { needsSecret } from "./providers/sources/options.ts";
import { type Claims, keptByAws, leastCapacity, type Shares, sumOf } from "./settings-capacity.ts";

/** What settings ask of each other. Looks at them as they came, so that it is said as well when an entry itself is wrong. */

type Values = Readonly<Record<string, unknown>>;
/** Namespace of the config's keys. */
export const project = "darkroom";

export const problemsBetween = (values: Values, region: string): string[] => [
  ...regionProblems(values, region),
  ...domainProblems(values),
  ...peopleProblems(values),
  ...sourceProblems(values),
  ...capacityProblems(values),
  ...chainingProblems(values),
  ...actorProblems(values),
  ...repositoryProblems(values),
];

/** The Route 53 zone that a domain lies in, when nobody names it. */
export const zoneAbove = (domain: string): string => domain.slice(domain.indexOf(".") + 1);

function regionProblems({ regions, domain, network }: Values, home: string): string[] {
  if (!Array.isArray(regions) || regions.length === 0) return [];
  const at = `${project}:regions`;
  const names = regions.map(String);
  const problems: string[] = [];
  if (names[0] !== home)
    problems.push(`${at}: expected aws:region (${home || "not set"}) first, the home of what there is once`);
  const doubles = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  for (const name of doubles) problems.push(`${at}: ${name} is named more than once`);
  for (const name of names)
    if (partitionOf(name) !== partitionOf(names[0] ?? home))
      problems.push(`${at}: ${name} lies in another partition of AWS than ${names[0]}, and no table reaches across`);
  // Its own certificate for api. in front of it takes no name over 64.
  if (names.length > 1 && String(domain).length > 60)
    problems.push(`${at}: with more than one Region, expected darkroom:domain to have at most 60 characters`);
  const inside = Object(network) as Values;
  if (names.length > 1 && Object.keys(inside).length > 0 && inside["internet"] !== "nat")
    problems.push(
      `${at}: with more than one Region each asks the others, to which no endpoint of a network leads; expected darkroom:network with internet: nat, or none`,
    );
  if (names.length > 1 && domain === undefined)
    problems.push(`${at}: more than one Region needs darkroom:domain, by which people are led to the one that answers`);
  return problems;
}

const partitionOf = (region: string) => /^(cn|us-gov|us-iso|us-isob|eu-isoe|us-isof)-/.exec(region)?.[1] ?? "aws";

function domainProblems({ domain, zone }: Values): string[] {
  if (domain === undefined)
    return zone === undefined ? [] : [`${project}:zone: expected darkroom:domain beside it, whose zone this is`];
  if (typeof domain !== "string") return [];
  if (zone === undefined)
    return zoneAbove(domain).includes(".")
      ? []
      : [`${project}:zone: expected the Route 53 zone of ${domain}: pulumi config set darkroom:zone ${domain}`];
  return domain === zone || domain.endsWith(`.${zone}`)
    ? []
    : [`${project}:zone: expected ${domain} to lie in the zone ${zone}, as its name would end so`];
}

/** Lambda keeps 4 KB of variables for a function; so much of it is free for those two. */
const mostText = 3000;
/** What the names of the queues take of it in which announced changes are put aside. */
const queuesText = 900;

function peopleProblems({ people, mail, digest, sources, chaining }: Values): string[] {
  const problems: string[] = [];
  const named = Object.values(Object(people)).flat();
  const unmailed = [
    ...(named.length > 0 ? ["people are named, who sign in by mail"] : []),
    ...(Object.keys(Object(digest)).length > 0 ? ["a digest is to be mailed"] : []),
  ];
  if (unmailed.length > 0 && Object.keys(Object(mail)).length === 0)
    problems.push(`${project}:mail: ${unmailed.join(", and ")}; expected { from: darkroom@example.com }`);
  const standing = listOf(sources).map(({ name, kind, every }) => ({ name, kind, every: every ?? "5 minutes" }));
  const length = JSON.stringify([people, standing]).length;
  const most = chaining === "sns" ? mostText - queuesText : mostText;
  if (length > most)
    problems.push(
      `${project}:people: with the sources' names ${length} characters, of which a function can be told ${most}. Name a domain, such as @example.com, for its people`,
    );
  return problems;
}

function sourceProblems({ sources, repositories, sourceSecrets, folders }: Values): string[] {
  const problems: string[] = [];
  const [given, kinds] = [Object.keys(Object(sourceSecrets)), new Map<string, unknown>()];
  for (const [index, entry] of listOf(sources).entries()) {
    const { name, kind } = entry;
    const at = `${project}:sources.${index}`;
    if (kind === "folder" && folders !== true)
      problems.push(
        `${at}.kind: a folder is there only under npm start, not in AWS. Use kind s3, dropbox, azure-blob or google-drive`,
      );
    if (typeof name !== "string") continue;
    kinds.set(name, kind);
    const room = longestName("write-back-");
    if (name.length > room)
      problems.push(`${at}.name: expected at most ${room} characters, as AWS's own names end at 64`);
    if (needsSecret(entry) && !given.includes(name))
      problems.push(
        `${at}: a source of kind ${kind} needs credentials: pulumi config set --secret --path ${project}:sourceSecrets.${name}`,
      );
  }
  const others = listOf(repositories).map(({ name }) => name);
  for (const name of given)
    if (others.includes(name)) continue;
    else if (!kinds.has(name)) problems.push(`${project}:sourceSecrets.${name}: no source has this name`);
    else if (kinds.get(name) === "folder")
      problems.push(`${project}:sourceSecrets.${name}: a source of kind folder takes no credentials`);
  return problems;
}

function repositoryProblems({ repositories, sources, sourceSecrets }: Values): string[] {
  const problems: string[] = [];
  const taken = listOf(sources).map(({ name }) => name);
  for (const [index, { name }] of listOf(repositories).entries()) {
    const at = `${project}:repositories.${index}`;
    if (typeof name !== "string") continue;
    if (taken.includes(name)) problems.push(`${at}.name: expected another name, as a source is called ${name}`);
    if (name.length > longestRepository())
      problems.push(`${at}.name: expected at most ${longestRepository()} characters, as AWS's own names end at 64`);
    if (!Object.hasOwn(Object(sourceSecrets), name))
      problems.push(
        `${at}: a repository needs a token or a GitHub App's key: pulumi config set --secret --path ${project}:sourceSecrets.${name}`,
      );
  }
  return problems;
}

function capacityProblems({ capacity = 0, accountConcurrency = 1000, concurrency, ...values }: Values): string[] {
  if (typeof capacity !== "number" || typeof accountConcurrency !== "number") return [];
  const claims: Claims = {
    named: Object(concurrency) as Shares,
    sources: listOf(values["sources"]).length,
    repositories: listOf(values["repositories"]).length,
    announced: values["chaining"] === "sns",
  };
  const taken = sumOf(claims.named, claims);
  const least = leastCapacity(claims);
  const most = Math.max(accountConcurrency - keptByAws, 0);
  const [key, wanted] = capacity > 0 ? ["capacity", capacity] : ["concurrency", taken];
  const problems: string[] = [];
  if (wanted > most)
    problems.push(
      `${project}:${key}: ${wanted} executions at once are more than the ${most} that an account with ${accountConcurrency} can set aside, as AWS keeps ${keptByAws} for all others. Ask AWS for more, then: pulumi config set ${project}:accountConcurrency`,
    );
  if (capacity > 0 && capacity < least)
    problems.push(
      `${project}:capacity: expected ${least} at least, as each function needs some${taken > 0 ? ` and ${project}:concurrency names ${taken}` : ""}, received ${capacity}. With 0 none is set aside`,
    );
  return problems;
}

/** Beyond what is reserved a queue's message is throttled, which counts as received: it would be given up for nothing. */
function chainingProblems({ chaining, concurrency }: Values): string[] {
  if (chaining !== "sns") return [];
  return ["moderate", "resize", "compress", "publish", "forget"]
    .filter((actor) => (Object(concurrency) as Values)[actor] === 1)
    .map(
      (actor) =>
        `${project}:concurrency.${actor}: with chaining sns a queue feeds it, whose mapping takes no maximum below 2; expected 2 or more`,
    );
}

/** Functions of Darkroom's own: another of the same name would be taken for it in logs and on the dashboard. */
const ours = [
  ...["ingest", "moderate", "resize", "compress", "publish", "archive", "restore", "forget"],
  ...["pull", "write-back", "reconcile", "redrive", "discover", "digest", "export", "announce", "api"],
];

function actorProblems({ actors }: Values): string[] {
  const problems: string[] = [];
  const names = listOf(actors).map(({ name }) => name);
  for (const [index, { name, code, environment }] of listOf(actors).entries()) {
    const at = `${project}:actors.${index}`;
    const room = longestName("custom-");
    if (typeof name === "string" && ours.includes(name))
      problems.push(`${at}.name: Darkroom has an actor ${name} of its own; call yours otherwise`);
    if (typeof name === "string" && names.indexOf(name) < index)
      problems.push(`${at}.name: there is another actor ${name}; expected a name of its own`);
    if (typeof name === "string" && name.length > room)
      problems.push(`${at}.name: expected at most ${room} characters, as AWS's own names end at 64`);
    if (typeof code === "string" && !isFolderInside(code))
      problems.push(`${at}.code: expected a folder inside the project, such as docs/examples/colour, received ${code}`);
    const length = Buffer.byteLength(Object.entries(Object(environment)).flat().join(""));
    if (length > mostText)
      problems.push(`${at}.environment: ${length} bytes, of which a function can be told ${mostText}`);
  }
  return problems;
}

function isFolderInside(code: string): boolean {
  const path = resolve(import.meta.dirname, code);
  const way = relative(import.meta.dirname, path);
  if (isAbsolute(code) || way === "" || way.startsWith("..")) return false;
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const listOf = (entries: unknown): Values[] => (Array.isArray(entries) ? entries : []).map((entry) => Object(entry));

/** The longest name of what is made of it is that of a role: of a source its write-back's. */
const longestName = (before: string) => 64 - `${project}-${pulumi.getStack()}-${before}-role-123456`.length;

/** Of a repository: that of its schedule. */
const longestRepository = () => 64 - `${project}-${pulumi.getStack()}-discover--schedule-123456`.length;
