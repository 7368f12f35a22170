import { appendFile, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";
import type { Imported } from "./import.ts";
import { CliError } from "./output.ts";

export interface Journal {
  /** Gives each picture that was uploaded before, and has not changed since, its id; answers the others. */
  recall(pictures: readonly Imported[]): Promise<readonly Imported[]>;
  /** Says that a picture's file was uploaded. */
  add(picture: Imported): Promise<void>;
}

interface JournalPlace {
  /** Folder that the files' names start from. */
  readonly dir: string;
  /** Where they go: what lies elsewhere was not uploaded here. */
  readonly to: string;
}

/**
 * What an import has uploaded, a line of JSON for each file, so that a later run goes on where one was ended.
 * A line that a death cut off is dropped: its file is uploaded again, and found to be a duplicate.
 * @throws CliError `BAD_JOURNAL` for a file with anything else in it, which is left as it is
 */
export async function openJournal(journal: string, { dir, to }: JournalPlace): Promise<Journal> {
  const known = await readJournal(journal);
  const nameOf = async (file: string) => {
    const found = await unlessTrouble(stat(join(dir, file)));
    return found && { to, file, bytes: found.size, modified: Math.round(found.mtimeMs) };
  };
  return {
    async recall(pictures) {
      const others: Imported[] = [];
      for (const picture of pictures) {
        // What cannot be read is told of by its upload.
        const name = await nameOf(picture.file);
        const pictureId = name && known.get(keyOf(name));
        if (pictureId === undefined) others.push(picture);
        else Object.assign(picture, { status: "uploaded", pictureId, startedAt: performance.now() });
      }
      return others;
    },
    async add({ file, pictureId }) {
      const name = await nameOf(file);
      if (name === undefined) return;
      await appendFile(journal, `${JSON.stringify({ ...name, pictureId })}\n`).catch((error: unknown) => {
        throw isFileTrouble(error) ? bad(journal, fileTrouble(error)) : error;
      });
    },
  };
}

const lineShape = z.object({
  to: z.string(),
  file: z.string(),
  bytes: z.number(),
  modified: z.number(),
  pictureId: z.string(),
});
type Line = z.infer<typeof lineShape>;

const keyOf = ({ to, file, bytes, modified }: Omit<Line, "pictureId">) => JSON.stringify([to, file, bytes, modified]);

async function readJournal(journal: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(journal, "utf8").catch((error: unknown) => {
    if (isFileTrouble(error) && error.code === "ENOENT") return "";
    throw isFileTrouble(error) ? bad(journal, fileTrouble(error)) : error;
  });
  const lines = text.split("\n");
  const cut = lines.pop() ?? "";
  const known = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    const found = lineShape.safeParse(asJson(line)).data;
    if (found === undefined) throw bad(journal, `line ${at + 1} is not one`);
    known.set(keyOf(found), found.pictureId);
  }
  if (cut === "") return known;
  if (!cut.startsWith(begin.slice(0, cut.length))) throw bad(journal, "its end is none");
  await truncate(journal, Buffer.byteLength(text) - Buffer.byteLength(cut));
  return known;
}

/** A file that is gone by now has no name to be known by. */
const unlessTrouble = <T>(found: Promise<T>): Promise<T | undefined> =>
  found.catch((error: unknown) => {
    if (!isFileTrouble(error)) throw error;
    return undefined;
  });

/** Of every line that `add` writes. */
const begin = '{"to":"';

const bad = (journal: string, why: string) =>
  new CliError(
    "BAD_JOURNAL",
    `Expected ${journal} to be what an import before has written, or not to be there, but ${why}. Name another file.`,
  );

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
