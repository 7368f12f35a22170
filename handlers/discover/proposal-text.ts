import { mostBody } from "../../providers/repositories/types.ts";
import { bestFirst } from "../markup.ts";
import type { Reason } from "../record.ts";
import { isTrouble } from "./left.ts";
import type { RewrittenPage, Standings } from "./plan.ts";
import type { SurveyedPage } from "./survey.ts";

export interface Told {
  readonly pages: readonly SurveyedPage[];
  readonly rewritten: readonly RewrittenPage[];
  readonly standings: Standings;
  /** Where a picture can be seen as it was. */
  readonly before: (path: string) => string;
}

/** Title and text of a pull request: what is saved, what each picture looks like now, and what was left and why. */
export function proposalText(told: Told): { readonly title: string; readonly body: string } {
  const pictures = savingsOf(told);
  const sum = (of: (one: Saving) => number) => pictures.reduce((all, one) => all + of(one), 0);
  const [bytes, bytesAfter] = [sum((one) => one.bytes), sum((one) => one.bytesAfter)];
  const references = told.rewritten.reduce((all, one) => all + one.references, 0);
  const lines = [
    `${counted(references, "reference")} in ${counted(told.rewritten.length, "file")} now offer each browser the smallest file that fits. ` +
      `Where a browser takes the best format at full width, ${counted(pictures.length, "picture")} weigh ${kilobytes(bytesAfter)} instead of ${kilobytes(bytes)}${bytes > 0 ? ` (${Math.round(100 * (1 - bytesAfter / bytes))} % less)` : ""}. Nothing else in the files was changed.`,
    "",
    "| before | after | picture | bytes before | bytes after | less |",
    "|---|---|---|---:|---:|---:|",
  ];
  const tail = refusals(told);
  // The largest savings come first; what a pull request has no room for is counted.
  const room = mostBody - 500 - Math.min(20_000, lengthOf(tail));
  const rows = fitting(pictures.map(rowOf), room - lengthOf(lines), (more) => `| | | and ${more} more | | | |`);
  const kept = fitting(tail, 20_000, (more) => `- and ${more} more`);
  return {
    title: `Serve smaller pictures in ${counted(told.rewritten.length, "file")}`,
    body: [
      ...lines,
      ...rows,
      ...kept,
      "",
      "Made by Darkroom. A push to the branch below this one has it made anew.",
    ].join("\n"),
  };
}

interface Saving {
  readonly path: string;
  readonly bytes: number;
  readonly bytesAfter: number;
  readonly before: string;
  readonly after: string;
}

function savingsOf({ pages, rewritten, standings, before }: Told): Saving[] {
  const changed = new Set(rewritten.map(({ change }) => change.path));
  const shown = new Set(pages.filter(({ file }) => changed.has(file.path)).flatMap(({ wanted }) => wanted));
  return [...shown]
    .flatMap((path) => {
      const standing = standings.get(path);
      if (standing?.is !== "published") return [];
      const { picture } = standing;
      const best = bestFirst(picture)[0]?.largest;
      if (best === undefined || best.bytesAfter >= picture.bytes) return [];
      const small = picture.renditions.find(({ level }) => level === "w150") ?? best;
      return [{ path, bytes: picture.bytes, bytesAfter: best.bytesAfter, before: before(path), after: small.url }];
    })
    .sort((a, b) => b.bytes - b.bytesAfter - (a.bytes - a.bytesAfter));
}

const rowOf = ({ path, bytes, bytesAfter, before, after }: Saving) =>
  `| ${thumbnail(before)} | ${thumbnail(after)} | ${code(path)} | ${kilobytes(bytes)} | ${kilobytes(bytesAfter)} | ${Math.round(100 * (1 - bytesAfter / bytes))} % |`;

/** Pictures that are refused, and references that lead nowhere, each once. */
function refusals({ pages, rewritten, standings }: Told): string[] {
  const lines = new Set<string>();
  const line = (what: string, { code: why, sentence }: Reason) =>
    lines.add(`- ${code(what)}: ${plain(sentence)} (${why})`);
  for (const { file, refusal } of pages) if (refusal) line(file.path, refusal);
  for (const [path, standing] of standings)
    if (standing.is === "left" && standing.reason.code !== "MISSING") line(path, standing.reason);
  for (const { change, left } of rewritten)
    for (const { reference, reason } of left)
      if (isTrouble(reason) && ["MISSING", "OUTSIDE", "BAD_ADDRESS"].includes(reason.code))
        lines.add(`- ${code(reference)} in ${code(change.path)}: ${plain(reason.sentence)} (${reason.code})`);
  return lines.size === 0 ? [] : ["", "Left as they are:", "", ...lines];
}

function fitting(lines: readonly string[], room: number, rest: (more: number) => string): string[] {
  const taken: string[] = [];
  for (const [index, line] of lines.entries()) {
    room -= line.length + 1;
    if (room < 0) return [...taken, rest(lines.length - index)];
    taken.push(line);
  }
  return taken;
}

const lengthOf = (lines: readonly string[]) => lines.reduce((all, line) => all + line.length + 1, 0);

const thumbnail = (url: string) => `<img src="${url.replace(/["<>&|\s]/g, encodeURIComponent)}" width="120" alt="">`;

/** Names are anybody's text: as code they mean nothing to Markdown, and no name ends a cell or a line. */
const code = (text: string) => `<code>${escaped(text.replace(/\p{Cc}/gu, " ").slice(0, 200))}</code>`;
const plain = (text: string) => escaped(text.replace(/\s+/g, " ").slice(0, 300));
const escaped = (text: string) => text.replace(/[&<>|`*_[\]\\@#:!~]/g, (character) => `&#${character.charCodeAt(0)};`);

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
const kilobytes = (bytes: number) =>
  bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
