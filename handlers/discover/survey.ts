import { matchesGlob } from "node:path/posix";
import pMap from "p-map";
import type { RepositoryOptions } from "../../providers/repositories/options.ts";
import { type Repository, RepositoryError, type RepositoryFile } from "../../providers/repositories/types.ts";
import type { Reason } from "../record.ts";
import { type PageSyntax, syntaxOf } from "./find.ts";
import { picturesOf } from "./page.ts";
import { readText } from "./page-text.ts";
import type { Site } from "./references.ts";

/** What was read in a page, which stays true of these bytes. */
export interface Note {
  readonly blob: string;
  /** Paths of the site. */
  readonly wanted: readonly string[];
  readonly refusal?: Reason;
}

/** By the page's path in the site. */
export type Notebook = ReadonlyMap<string, Note>;

export interface SurveyedPage extends Note {
  readonly file: RepositoryFile;
  /** From the root of the site. */
  readonly path: string;
  readonly syntax: PageSyntax;
}

export interface Survey {
  /** All that were read so far and show pictures, or could not be read. */
  readonly pages: readonly SurveyedPage[];
  /** Every plain file by its path in the site. */
  readonly files: ReadonlyMap<string, RepositoryFile>;
  readonly notebook: Notebook;
  /** Pages that were read now, which no earlier look had read. */
  readonly read: number;
  /** False where time ran out before all pages were read, or there was trouble. */
  readonly complete: boolean;
  /** After which no further page was read. */
  readonly trouble?: RepositoryError;
}

export interface SurveyDeps {
  readonly repository: Pick<Repository, "open">;
  readonly options: Pick<RepositoryOptions, "globs" | "folder">;
  readonly site: Site;
}

/** At once: kind to the service, and a page is at most some MB. */
const atOnce = 6;

/** Reads the pages that are new since the notebook was written, while `hasTime`. What was read before trouble came is kept. */
export async function survey(
  { repository, options, site }: SurveyDeps,
  all: readonly RepositoryFile[],
  known: Notebook,
  hasTime: () => boolean,
): Promise<Survey> {
  const files = new Map(all.flatMap((file) => inSite(file, options.folder)));
  const notebook = new Map<string, Note>();
  const pages: SurveyedPage[] = [];
  const isPage = pageFilter(options.globs);
  let read = 0;
  let complete = true;
  let trouble: RepositoryError | undefined;
  await pMap(
    [...files].flatMap(([path, file]) => {
      const syntax = syntaxOf(path);
      return syntax !== undefined && isPage(file.path) ? [{ path, file, syntax }] : [];
    }),
    async (page) => {
      const { path, file, syntax } = page;
      let note = known.get(path);
      if (note?.blob !== file.blob) {
        if (trouble !== undefined || !hasTime()) {
          complete = false;
          return;
        }
        try {
          note = await noteOf(repository, { path, file, syntax }, site);
        } catch (error) {
          if (!(error instanceof RepositoryError)) throw error;
          trouble ??= error;
          complete = false;
          return;
        }
        read += 1;
      }
      notebook.set(path, note);
      if (note.wanted.length > 0 || note.refusal !== undefined) pages.push({ ...page, ...note });
    },
    { concurrency: atOnce },
  );
  pages.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { pages, files, notebook, read, complete, trouble };
}

async function noteOf(
  repository: SurveyDeps["repository"],
  { path, file, syntax }: { readonly path: string; readonly file: RepositoryFile; readonly syntax: PageSyntax },
  site: Site,
): Promise<Note> {
  const page = await readText(repository, file);
  if ("refusal" in page) return { blob: file.blob, wanted: [], refusal: page.refusal };
  const { wanted } = picturesOf({ path, syntax, text: page.text }, site);
  return { blob: file.blob, wanted: wanted.map((one) => one.path) };
}

function inSite(file: RepositoryFile, folder: string | undefined): [string, RepositoryFile][] {
  if (folder === undefined) return [[file.path, file]];
  return file.path.startsWith(`${folder}/`) ? [[file.path.slice(folder.length + 1), file]] : [];
}

/** Of several patterns one must fit, and none of those after a `!`. */
function pageFilter(globs: readonly string[]): (path: string) => boolean {
  const without = globs.flatMap((glob) => (glob.startsWith("!") ? [glob.slice(1)] : []));
  const within = globs.filter((glob) => !glob.startsWith("!"));
  return (path) =>
    (within.length === 0 || within.some((glob) => matchesGlob(path, glob))) &&
    !without.some((glob) => matchesGlob(path, glob));
}
