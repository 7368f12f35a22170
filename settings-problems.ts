import * as pulumi from "@pulumi/pulumi";
import { needsSecret } from "./providers/sources/options.ts";

/** What settings ask of each other. Looks at them as they came, so that it is said as well when an entry itself is wrong. */

type Values = Readonly<Record<string, unknown>>;
/** Namespace of the config's keys. */
export const project = "darkroom";

export const problemsBetween = (values: Values): string[] => [
  ...domainProblems(values),
  ...peopleProblems(values),
  ...sourceProblems(values),
  ...repositoryProblems(values),
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

function peopleProblems({ people, mail, digest, sources }: Values): string[] {
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
  if (length > mostText)
    problems.push(
      `${project}:people: with the sources' names ${length} characters, of which a function can be told ${mostText}. Name a domain, such as @example.com, for its people`,
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
    if (name.length > longestName())
      problems.push(`${at}.name: expected at most ${longestName()} characters, as AWS's own names end at 64`);
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

const listOf = (entries: unknown): Values[] => (Array.isArray(entries) ? entries : []).map((entry) => Object(entry));

/** Of a source: the longest name made of it is that of its write-back's role. */
const longestName = () => 64 - `${project}-${pulumi.getStack()}-write-back--role-123456`.length;

/** Of a repository: that of its schedule. */
const longestRepository = () => 64 - `${project}-${pulumi.getStack()}-discover--schedule-123456`.length;
