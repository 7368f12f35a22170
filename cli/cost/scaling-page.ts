import { readFile, writeFile } from "node:fs/promises";
import type { Checked } from "../../settings-schema.ts";
import { memory, steps } from "./assumptions.ts";
import { type Asked, billOf, type Line, sumOf } from "./bill.ts";
import { capacityOf, moves, type Rush, stagesOf } from "./capacity.ts";
import { capacityTable, markdown } from "./capacity-table.ts";
import { drain } from "./drain.ts";
import { prices } from "./prices.ts";
import { notTaken } from "./savings.ts";
import { defaultSettings } from "./stack-settings.ts";
import { type Work, workOf } from "./work.ts";

const file = new URL("../../docs/scaling.md", import.meta.url);
const mark = (name: string) => [`<!-- Made by \`npm run scaling\`: ${name}. -->`, "<!-- Until here. -->"] as const;

/** docs/scaling.md with the figures as the model has them now. The prose around them is left alone. */
export async function scalingPage(): Promise<string> {
  let page = await readFile(file, "utf8");
  for (const [name, lines] of Object.entries(tables())) page = withTable(page, name, lines);
  return page;
}

function withTable(page: string, name: string, lines: readonly string[]): string {
  const [begin, end] = mark(name);
  const at = page.indexOf(begin);
  const until = page.indexOf(end, at);
  if (at < 0 || until < 0)
    throw new Error(`PAGE_MARKS_MISSING: expected docs/scaling.md to hold ${begin} and ${end}. Put them back.`);
  return `${page.slice(0, at)}${begin}\n\n${lines.join("\n")}\n\n${page.slice(until)}`;
}

const million = 1_000_000;
const settings = defaultSettings();
const asked: Asked = { pictures: million, megapixels: 12, views: 0, unsure: 0.1, duplicates: 0 };
const rush = (pictures: number, days: number): Rush => ({ ...asked, pictures, days });
const withIntake = (ingest: number): Checked => ({ ...settings, concurrency: { ...settings.concurrency, ingest } });

const tables = (): Readonly<Record<string, readonly string[]>> => ({
  "one million in a day": capacityTable(capacityOf(settings, rush(million, 1))),
  "one hundred million in 30 days": capacityTable(capacityOf(withIntake(500), rush(100 * million, 30))),
  "one hundred million in a day": capacityTable(capacityOf(withIntake(1000), rush(100 * million, 1))),
  "what breaks first": breaks(),
  "account limits": accounts(),
  queues: queues(),
  money: money(),
  savings: savings(),
});

/** Pictures a day, in a steady flow of months, at which each limit is reached. */
function breaks(): readonly string[] {
  const days = 60;
  const flow = rush(days * million, days);
  const steady = capacityOf(settings, flow)
    .filter(({ what, share }) => share > 0 && !what.startsWith("wait before"))
    .map(({ what, share, moves }) => ({ what, most: million / share, moves }));
  const stages = stagesOf(settings, flow).map((stage) => ({
    what: `${stage.name}, ${stage.atOnce} at once`,
    most: (stage.atOnce / stage.seconds) * 86_400,
    moves: moves(settings, stage),
  }));
  return markdown(
    ["what", "pictures a day", "what moves it"],
    [...steady, ...stages].sort((a, b) => a.most - b.most).map(({ what, most, moves }) => [what, rounded(most), moves]),
  );
}

const rounded = (value: number) => whole(Number(value.toPrecision(2)));

/** Most pictures in a second that functions of an account can work on, all steps together. */
function accounts(): readonly string[] {
  const { steps: done } = workOf(settings, asked.megapixels);
  const seconds = steps.reduce((sum, step) => sum + done[step].ms, 0) / 1000;
  return markdown(
    ["functions at once", "pictures a second", "a million takes", "a hundred million take"],
    [10, 100, 1000, 10_000].map((atOnce) => {
      const rate = atOnce / seconds;
      return [whole(atOnce), rate.toFixed(1), time(million / rate), time((100 * million) / rate)];
    }),
  );
}

/** All handed in within an hour, by how many ingest works on at once. */
function queues(): readonly string[] {
  return markdown(
    ["concurrency.ingest", "through after", "longest wait in the queue", "longest wait in the stream"],
    [10, 50, 100, 400].map((ingest) => {
      const { hours, waits } = drain(million, 1, stagesOf(withIntake(ingest), rush(million, 1 / 24)));
      const { ingest: first, ...later } = waits;
      return [whole(ingest), ...[hours, first!, Math.max(...Object.values(later))].map((each) => time(each * 3600))];
    }),
  );
}

type Format = Checked["renditions"]["formats"][number];
const sets: readonly (readonly [string, readonly Format[], Checked["compression"]["preset"]])[] = [
  ["b: JPEG, `fast`", ["jpeg"], "fast"],
  ["c: JPEG and WebP, `fast`", ["jpeg", "webp"], "fast"],
  ["the defaults: with AVIF, `balanced`", ["jpeg", "webp", "avif"], "balanced"],
];
const setOf = (formats: readonly Format[], preset: Checked["compression"]["preset"]): Checked => ({
  ...settings,
  renditions: { ...settings.renditions, formats: [...formats] },
  compression: { ...settings.compression, preset },
});

/** A million of 12 megapixels, without moderation and CDN. */
function money(): readonly string[] {
  const bills = sets.map(([name, formats, preset]) => [name, billOf(setOf(formats, preset), asked)] as const);
  const groups = [...new Set(bills.flatMap(([, { once }]) => once.map(({ group }) => group)))];
  const of = (lines: readonly Line[], fits: (line: Line) => boolean) => sumOf(lines.filter(fits));
  const isPixels = ({ item }: Line) => item.startsWith("resize,") || item.startsWith("compress,");
  return markdown(
    ["US dollars a million", ...bills.map(([name]) => name)],
    [
      ...groups.map((group) => [
        group,
        ...bills.map(([, { once }]) => cents(of(once, (line) => line.group === group))),
      ]),
      ["**once, together**", ...bills.map(([, { once }]) => `**${cents(sumOf(once))}**`)],
      [
        "of it Lambda for resize and compress, CPU time alone",
        ...bills.map(([, { work }]) => cents(million * (cpuOf(work, "resize") + cpuOf(work, "compress")))),
      ],
      ["of it the same with what they wait", ...bills.map(([, { once }]) => cents(of(once, isPixels)))],
      ["of it S3 PUTs and COPYs", ...bills.map(([, { once }]) => cents(of(once, ({ price }) => price === "s3Put")))],
      ["each month that they are kept", ...bills.map(([, { monthly }]) => cents(sumOf(monthly)))],
    ],
  );
}

const cpuOf = ({ steps: done }: Work, step: "resize" | "compress") =>
  ((done[step].ms - done[step].waits) / 1000) * (memory[step] / 1024) * prices.lambdaSecond.dollars;

const savings = (): readonly string[] =>
  markdown(
    ["what could be saved", ...sets.map(([name]) => name)],
    notTaken.map(({ what, of }) => [
      what,
      ...sets.map(([, formats, preset]) => cents(of(setOf(formats, preset), asked))),
    ]),
  );

const whole = (value: number) => value.toLocaleString("en-US");
const cents = (dollars: number) => dollars.toFixed(2);

function time(seconds: number): string {
  if (seconds < 1) return "none";
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

if (import.meta.main) await writeFile(file, await scalingPage());
