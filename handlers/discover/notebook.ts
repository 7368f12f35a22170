import { createHash } from "node:crypto";
import type { RepositoryOptions } from "../../providers/repositories/options.ts";
import { notebookKey } from "../object-keys.ts";
import type { ObjectStore } from "../ports.ts";
import type { Site } from "./references.ts";
import type { Note, Notebook } from "./survey.ts";

/** Some 200 bytes a page: far above what 100,000 have. */
const mostBytes = 100_000_000;
/** Changed whenever pages are read otherwise than before. */
const version = 1;

/**
 * What was read in a repository's pages, so that only changed ones are read again. It saves work and
 * decides nothing: where it is gone, damaged, or of other settings, all pages are read anew.
 */
export function notebookIn(
  store: Pick<ObjectStore, "read" | "write">,
  { name, folder }: RepositoryOptions,
  site: Site,
) {
  const of = createHash("sha256")
    .update(JSON.stringify([version, folder, site]))
    .digest("hex");
  return {
    async load(): Promise<Notebook> {
      const bytes = await store.read(notebookKey(name), mostBytes);
      const kept = bytes && parsed(bytes);
      return new Map(kept?.of === of ? kept.pages : []);
    },
    async save(notebook: Notebook): Promise<void> {
      const body = Buffer.from(JSON.stringify({ of, pages: [...notebook] }));
      await store.write(notebookKey(name), body, { contentType: "application/json" });
    },
  };
}

interface Kept {
  readonly of: string;
  readonly pages: readonly (readonly [string, Note])[];
}

function parsed(bytes: Buffer): Kept | undefined {
  try {
    return JSON.parse(bytes.toString("utf8")) as Kept;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
