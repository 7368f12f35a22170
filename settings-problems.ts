import * as pulumi from "@pulumi/pulumi";
import { needsSecret } from "./providers/sources/options.ts";
import { type Claims, keptByAws, leastCapacity, type Shares, sumOf } from "./settings-capacity.ts";

/** What settings ask of each other. Looks at them as they came, so that it is said as well when an entry itself is wrong. */

type Values = Readonly<Record<string, unknown>>;
/** Namespace of the config's keys. */
export const project = "darkroom";

export const problemsBetween = (values: Values): string[] => [
  ...domainProblems(values),
  ...peopleProblems(values),
  ...sourceProblems(values),
  ...capacityProblems(values),
  ...chainingProblems(values),
];

/** The Route 53 zone that a domain lies in, when nobody names it. */
export const zoneAbove = (domain: string): string => domain.slice(domain.indexOf(".") + 1);

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

function sourceProblems({ sources, sourceSecrets, folders }: Values): string[] {
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
    if (name.length > longestName())
      problems.push(`${at}.name: expected at most ${longestName()} characters, as AWS's own names end at 64`);
    if (needsSecret(entry) && !given.includes(name))
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

function capacityProblems({ capacity = 0, accountConcurrency = 1000, concurrency, sources }: Values): string[] {
  if (typeof capacity !== "number" || typeof accountConcurrency !== "number") return [];
  const claims: Claims = { named: Object(concurrency) as Shares, sources: listOf(sources).length };
  const taken = sumOf(claims.named, claims.sources);
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

const listOf = (entries: unknown): Values[] => (Array.isArray(entries) ? entries : []).map((entry) => Object(entry));

/** Of a source: the longest name made of it is that of its write-back's role. */
const longestName = () => 64 - `${project}-${pulumi.getStack()}-write-back--role-123456`.length;
