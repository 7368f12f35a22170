import { isTrouble } from "../../handlers/discover/left.ts";
import { bytesText } from "../output.ts";
import type { Conversion } from "./convert-site.ts";

export interface Totals {
  readonly pages: { readonly seen: number; readonly rewritten: number; readonly refused: number };
  readonly references: { readonly changed: number; readonly left: Readonly<Record<string, number>> };
  readonly pictures: Readonly<Record<string, number>>;
  /** Of the pictures that are converted: the files, and what a browser loads of the largest size. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export function totalsOf({ pages, pictures }: Conversion): Totals {
  const converted = pictures.filter(({ bytesAfter }) => bytesAfter !== undefined);
  const sum = (of: (one: (typeof converted)[number]) => number) => converted.reduce((all, one) => all + of(one), 0);
  return {
    pages: {
      seen: pages.length,
      rewritten: pages.filter(({ changed }) => changed > 0).length,
      refused: pages.filter(({ reason }) => reason !== undefined).length,
    },
    references: {
      changed: pages.reduce((all, { changed }) => all + changed, 0),
      left: tally(pages.flatMap(({ left }) => left.map(({ reason }) => reason.code))),
    },
    pictures: tally(pictures.map(({ status }) => status)),
    bytesBefore: sum(({ bytes = 0 }) => bytes),
    bytesAfter: sum(({ bytesAfter = 0 }) => bytesAfter),
  };
}

/** Nothing was refused, and no reference leads nowhere. */
export const isWell = ({ pages, pictures }: Conversion) =>
  pictures.every(({ status }) => status !== "refused") &&
  pages.every(({ reason, left }) => reason === undefined && !left.some((one) => isTrouble(one.reason)));

/** What somebody should look into, and a summary. */
export function linesOf(conversion: Conversion, dryRun: boolean): string[] {
  const { pages, references, pictures, bytesBefore, bytesAfter } = totalsOf(conversion);
  const refusedPictures = conversion.pictures.filter(({ status }) => status === "refused");
  const saved = bytesBefore === 0 ? "" : ` (${percent(1 - bytesAfter / bytesBefore)} less)`;
  return [
    ...conversion.pages.flatMap(({ path, reason }) =>
      reason ? [`page     ${path}  ${reason.code}: ${reason.sentence}`] : [],
    ),
    ...refusedPictures.map(({ path, reason }) => `picture  ${path}  ${reason?.code}: ${reason?.sentence}`),
    ...conversion.pages.flatMap(({ path, left }) =>
      left
        .filter(({ reason }) => isTrouble(reason) && !refusedPictures.some((one) => one.reason === reason))
        .map(({ reference, reason }) => `in ${path}  ${reference}  ${reason.code}: ${reason.sentence}`),
    ),
    `pages       ${pages.seen} looked through, ${pages.rewritten} ${dryRun ? "would be rewritten" : "rewritten"}, ${pages.refused} refused`,
    `references  ${references.changed} ${dryRun ? "would change" : "changed"}${counts(references.left, " left as they are: ")}`,
    `pictures    ${counts(pictures, "").replace(/^, /, "") || "none"}`,
    ...(dryRun ? [] : [`bytes       ${bytesText(bytesBefore)} → ${bytesText(bytesAfter)}${saved}`]),
  ];
}

function tally(words: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const word of words) counted[word] = (counted[word] ?? 0) + 1;
  return counted;
}

function counts(of: Readonly<Record<string, number>>, label: string): string {
  const all = Object.entries(of).map(([word, count]) => `${count} ${spelled[word] ?? word}`);
  return all.length > 0 ? `,${label || " "}${all.join(", ")}` : "";
}

const spelled: Readonly<Record<string, string>> = {
  wouldConvert: "would be converted",
  known: "known from an earlier run",
  kept: "kept as they are",
};

const percent = (share: number) => `${Math.round(share * 100)} %`;
