import type { Summary } from "./summary.ts";
import {
  busiest,
  bytes,
  change,
  concerns,
  dateIn,
  dollars,
  duration,
  example,
  lead,
  monthIn,
  number,
  percent,
  spentOf,
  steps,
} from "./words.ts";

/** The mail for a terminal: at most 72 columns, where no sentence or name is longer by itself. */
export function asText(summary: Summary, { siteUrl, environment }: { siteUrl: string; environment: string }): string {
  const { day, cameIn, published, rejected, bytes: taken, bytesBefore, bytesAfter, saved } = summary;
  const seeTo = concerns(summary);
  return [
    `DARKROOM · ${environment}\n${dateIn(day)}`,
    folded(lead(summary)),
    seeTo.length > 0 && section("To see to", seeTo.map((sentence) => folded(`* ${sentence}`, "  ")).join("\n")),
    (cameIn.now > 0 || published.now > 0) &&
      section(
        "The day",
        table([
          ["Came in", number(cameIn.now), change(cameIn)],
          ["Published", number(published.now), change(published)],
          ["Rejected", number(rejected.now), change(rejected)],
          ["Originals", bytes(taken.now), change(taken)],
          ...(saved === undefined
            ? []
            : [["Compressed by", percent(saved), `${bytes(bytesBefore)} of pixels into ${bytes(bytesAfter)}`]]),
        ]),
      ),
    cameIn.now + published.now > 0 && section("By the hour", hours(summary)),
    summary.sources.length > 0 &&
      section(
        "Sources",
        table([
          ["", "in", "out", "size"],
          ...summary.sources.map((source) => [
            source.name,
            number(source.cameIn),
            number(source.published),
            bytes(source.bytes),
          ]),
          ...(summary.otherSources
            ? [
                [
                  `${summary.otherSources.names} more`,
                  number(summary.otherSources.cameIn),
                  number(summary.otherSources.published),
                  bytes(summary.otherSources.bytes),
                ],
              ]
            : []),
        ]),
      ),
    summary.rejections.length > 0 &&
      section(
        "Rejected",
        summary.rejections
          .map((reason) => `${number(reason.count)} × ${reason.code}\n${folded(`  ${example(reason)}`, "  ")}`)
          .join("\n"),
      ),
    summary.actors.length > 0 &&
      section(
        "Time taken",
        table([
          ["", "half within", "95 % within"],
          ...summary.actors.map(({ actor, median, p95 }) => [steps[actor], duration(median), duration(p95)]),
        ]),
      ),
    summary.costs !== undefined &&
      summary.costs.length > 0 &&
      section(
        "Paid for",
        table([
          ["", "calls", "cost"],
          ...summary.costs.map((cost) => [
            cost.provider,
            number(cost.calls),
            dollars(cost.dollars),
            `${monthIn(cost)}: ${spentOf(cost)}`,
          ]),
        ]),
      ),
    `${siteUrl}\n`,
  ]
    .filter((part) => part !== false)
    .join("\n\n");
}

const section = (title: string, body: string) => `${title}\n${"-".repeat(title.length)}\n${body}`;

/** The first column to the left, all others to the right; a last column of words to the left too. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 || /^[a-z+−]/i.test(cell) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}

/** A line of blocks for each of in and out, an eighth to a whole, and the hours below it. */
function hours(summary: Summary): string {
  const most = Math.max(...summary.hours.map(({ cameIn, published }) => Math.max(cameIn, published)));
  const line = (key: "cameIn" | "published") =>
    summary.hours.map((hour) => (hour[key] === 0 ? "·" : blocks[Math.ceil((hour[key] / most) * 8) - 1])).join("");
  const clocks = summary.hours.map(({ clock }) => clock);
  const ruler = clocks.filter((_, hour) => hour % 6 === 0).map((clock) => clock.padEnd(6));
  return [
    `in   ${line("cameIn")}`,
    `out  ${line("published")}`,
    `     ${ruler.join("").trimEnd()}`,
    busiest(summary),
  ].join("\n");
}

const blocks = [..."▁▂▃▄▅▆▇█"];

/** Breaks lines at spaces. */
function folded(text: string, indent = ""): string {
  const lines = [""];
  for (const word of text.split(/(?<=\S) /)) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > columns) lines.push(indent + word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

const columns = 72;
