import { availableParallelism } from "node:os";
import pMap from "p-map";
import { syntaxOf } from "../../handlers/discover/find.ts";
import { left } from "../../handlers/discover/left.ts";
import { type Left, picturesOf, rewritePage, type Wanted } from "../../handlers/discover/page.ts";
import type { Site } from "../../handlers/discover/references.ts";
import type { Reason } from "../../handlers/record.ts";
import { type DevelopDeps, type Outcome, pictureDeveloper } from "./develop-picture.ts";

export interface ConvertedPage {
  /** From the root of the site. */
  readonly path: string;
  /** References that were changed. */
  readonly changed: number;
  /** References that stay, and why. */
  readonly left: readonly Left[];
  /** Why the page was left whole. */
  readonly reason?: Reason;
}

export interface Conversion {
  readonly pages: readonly ConvertedPage[];
  readonly pictures: readonly Omit<Outcome, "replacement">[];
}

export interface ConvertDeps extends DevelopDeps {
  readonly addresses: Site;
  readonly markup: "picture" | "srcset";
  /** The `sizes` attribute, for all pictures without one. */
  readonly sizes?: string;
  readonly onProgress: (what: "pages" | "pictures", done: number, of: number) => void;
}

/**
 * Looks through all pages, develops what they show, and only then rewrites them, one after the
 * other: whatever stops it, every page is whole, and what was developed is known to the next run.
 */
export async function convertSite(deps: ConvertDeps): Promise<Conversion> {
  const { site, onProgress, dryRun } = deps;
  const paths = await site.pages();
  const { wanted, readable } = await lookThrough(paths, deps);
  const develop = pictureDeveloper(deps);
  let done = 0;
  const outcomes = await pMap(
    wanted,
    async (one) => {
      const outcome = await develop(one);
      onProgress("pictures", ++done, wanted.length);
      return outcome;
    },
    { concurrency: atOnce },
  );
  const byPath = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
  if (!dryRun) await site.copyBeside(readable);
  const pages: ConvertedPage[] = [];
  for (const path of paths) {
    pages.push(await convertPage(path, byPath, deps));
    onProgress("pages", pages.length, paths.length);
  }
  return { pages, pictures: outcomes.map(({ replacement: _, ...outcome }) => outcome) };
}

/** A large picture takes some 400 MB while it is decoded. */
const atOnce = Math.min(availableParallelism(), 8);

/** Each picture once, in its own size where any page asks for that. */
async function lookThrough(paths: readonly string[], { site, addresses }: ConvertDeps) {
  const wanted = new Map<string, Wanted>();
  const readable = new Set<string>();
  for (const path of paths) {
    const page = await site.readPage(path);
    const syntax = syntaxOf(path);
    if ("refusal" in page || syntax === undefined) continue;
    readable.add(path);
    for (const one of picturesOf({ path, syntax, text: page.text }, addresses).wanted)
      wanted.set(one.path, { ...one, ownSize: one.ownSize || wanted.get(one.path)?.ownSize === true });
  }
  return { wanted: [...wanted.values()], readable };
}

async function convertPage(
  path: string,
  outcomes: ReadonlyMap<string, Outcome>,
  { site, addresses, dryRun, markup, sizes }: ConvertDeps,
): Promise<ConvertedPage> {
  const syntax = syntaxOf(path);
  const page = await site.readPage(path);
  if ("refusal" in page || syntax === undefined)
    return { path, changed: 0, left: [], reason: "refusal" in page ? page.refusal : undefined };
  const pictureOf = (picture: string) => {
    const outcome = outcomes.get(picture);
    if (outcome?.status === "wouldConvert") return wouldChange;
    // A page that was changed since it was looked through names others: they are for the next run.
    return outcome?.replacement ?? outcome?.reason ?? left("NOT_YET");
  };
  const { text, ...rest } = rewritePage({ path, syntax, text: page.text }, addresses, pictureOf, { markup, sizes });
  if (!dryRun && (text !== page.text || site.isApart)) await site.write(path, text);
  const would = rest.left.filter(({ reason }) => reason === wouldChange);
  const stays = rest.left.filter(({ reason }) => reason !== wouldChange);
  return { path, changed: rest.changed + would.length, left: stays };
}

/** Of a dry run. */
const wouldChange: Reason = { code: "WOULD_CHANGE", sentence: "" };
