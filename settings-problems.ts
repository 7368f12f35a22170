import * as pulumi from "@pulumi/pulumi";
import { needsSecret } from "./providers/sources/options.ts";

/** What settings ask of each other. Looks at them as they came, so that it is said as well when an entry itself is wrong. */

type Values = Readonly<Record<string, unknown>>;
/** Namespace of the config's keys. */
export const project = "darkroom";

export const problemsBetween = (values: Values, region: string): string[] => [
  ...regionProblems(values, region),
  ...domainProblems(values),
  ...peopleProblems(values),
  ...sourceProblems(values),
];

/** The Route 53 zone that a domain lies in, when nobody names it. */
export const zoneAbove = (domain: string): string => domain.slice(domain.indexOf(".") + 1);

function regionProblems({ regions, domain }: Values, home: string): string[] {
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

const listOf = (entries: unknown): Values[] => (Array.isArray(entries) ? entries : []).map((entry) => Object(entry));

/** Of a source: the longest name made of it is that of its write-back's role. */
const longestName = () => 64 - `${project}-${pulumi.getStack()}-write-back--role-123456`.length;
