import { buffer } from "node:stream/consumers";
import type { Repository, RepositoryFile } from "../../providers/repositories/types.ts";
import type { Reason } from "../record.ts";
import { textOf } from "./rewrite.ts";

/** A page's text, or why it has none that could be kept byte for byte. @throws RepositoryError */
export async function readText(
  repository: Pick<Repository, "open">,
  file: RepositoryFile,
): Promise<{ readonly text: string } | { readonly refusal: Reason }> {
  if (file.bytes > largestPage) return { refusal: pageTooLarge };
  const text = textOf(await buffer(await repository.open(file)));
  return text === undefined ? { refusal: notUtf8 } : { text };
}

const largestPage = 10e6;

const pageTooLarge: Reason = {
  code: "PAGE_TOO_LARGE",
  sentence: `The page has more than the ${largestPage / 1e6} MB that are read. Split it.`,
};
const notUtf8: Reason = {
  code: "NOT_UTF8",
  sentence: "The page is not UTF-8, so what is around its pictures could not be kept. Save it as UTF-8.",
};
