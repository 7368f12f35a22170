import { createHash } from "node:crypto";
import type { RepositoryOptions } from "../../providers/repositories/options.ts";
import type { Repository, TextChange } from "../../providers/repositories/types.ts";
import { left } from "./left.ts";
import { type Left, rewritePage } from "./page.ts";
import { readText } from "./page-text.ts";
import type { Standing } from "./picture-standing.ts";
import type { Site } from "./references.ts";
import type { SurveyedPage } from "./survey.ts";

/** By path of the site: one for each picture that a page shows. */
export type Standings = ReadonlyMap<string, Standing>;

export interface RewrittenPage {
  readonly change: TextChange;
  /** References that lead to renditions. */
  readonly references: number;
  readonly left: readonly Left[];
}

/** The pages of which no picture is on its way any more, and at least one is published. */
export const readyPages = (pages: readonly SurveyedPage[], standings: Standings): SurveyedPage[] =>
  pages.filter(({ wanted }) => {
    const all = wanted.map((path) => standings.get(path)?.is ?? "left");
    return all.includes("published") && !all.includes("waiting") && !all.includes("new");
  });

/** Names all that a rewriting is made of, so that the same is not done twice. */
export function planOf(
  pages: readonly SurveyedPage[],
  standings: Standings,
  options: Pick<RepositoryOptions, "markup" | "deliver">,
  site: Site,
): string {
  const of = (path: string) => {
    const standing = standings.get(path);
    return standing?.is === "published" ? [path, standing.picture.renditions.map(({ url }) => url)] : [path];
  };
  const each = pages.map(({ path, blob, wanted }) => [path, blob, wanted.map(of)]);
  return createHash("sha256")
    .update(JSON.stringify([options.markup, options.deliver, site, each]))
    .digest("hex");
}

/** The page's new text; undefined where it stays as it is. @throws RepositoryError */
export async function rewritten(
  repository: Pick<Repository, "open">,
  page: SurveyedPage,
  standings: Standings,
  { markup }: Pick<RepositoryOptions, "markup">,
  site: Site,
): Promise<RewrittenPage | undefined> {
  const read = await readText(repository, page.file);
  if ("refusal" in read) return undefined;
  const { path, syntax, file } = page;
  const pictureOf = (wanted: string) => {
    const standing = standings.get(wanted);
    if (standing?.is === "published") return standing.picture;
    return standing?.is === "left" ? standing.reason : left("NOT_YET");
  };
  const { text, changed, left: kept } = rewritePage({ path, syntax, text: read.text }, site, pictureOf, { markup });
  if (text === read.text) return undefined;
  return { change: { path: file.path, executable: file.executable, text }, references: changed, left: kept };
}
