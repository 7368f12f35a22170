import { Command, InvalidArgumentError } from "commander";
import { type Finish, printJson, printLine } from "../output.ts";
import { assumed, measured } from "./assumptions.ts";
import { type Asked, billOf, type Line, sumOf } from "./bill.ts";
import { capacityOf } from "./capacity.ts";
import { capacityTable } from "./capacity-table.ts";
import { prices } from "./prices.ts";
import { savingsOf } from "./savings.ts";
import { defaultSettings, stackSettings } from "./stack-settings.ts";
import { standingOf } from "./standing.ts";

interface Flags extends Omit<Asked, "unsure" | "duplicates"> {
  readonly settings?: string;
  readonly unsure: number;
  readonly duplicates: number;
  readonly capacity?: true;
  readonly days: number;
  readonly json?: true;
}

export const costCommand = (_finish: Finish) =>
  new Command("cost")
    .description("Says what pictures would cost on AWS, by item, from a stack's settings.")
    .option("--settings <file>", "a stack's, such as Pulumi.prod.yaml")
    .option("--pictures <n>", "how many", positive, 1_000_000)
    .option("--megapixels <n>", "of each, 4:3", positive, 12)
    .option("--views <n>", "of each, in all", atLeastNone, 10)
    .option("--unsure <percent>", "that go to the second moderator", percent, 10)
    .option("--duplicates <percent>", "that were there before", percent, 0)
    .option("--capacity", "what of AWS's limits they take, and what breaks first")
    .option("--days <n>", "with --capacity: in which they come", positive, 1)
    .option("--json", "{once, monthly, standing, savings, prices} or {limits}")
    .action(async ({ settings: file, capacity, days, json, ...flags }: Flags) => {
      const settings = file === undefined ? defaultSettings() : await stackSettings(file);
      const asked: Asked = { ...flags, unsure: flags.unsure / 100, duplicates: flags.duplicates / 100 };
      if (capacity) {
        const limits = capacityOf(settings, { ...asked, days });
        if (json) return printJson({ limits });
        return capacityTable(limits).forEach(printLine);
      }
      const { once, monthly } = billOf(settings, asked);
      const standing = standingOf(settings);
      const savings = savingsOf(settings, asked);
      if (json) return printJson({ asked, once, monthly, standing, savings, prices, measured, assumed });
      const many = asked.pictures.toLocaleString("en-US");
      printLine(`${many} pictures of ${asked.megapixels} MP, us-east-1 list prices in US dollars`);
      table("Once", once);
      row("without moderation, tinify and CDN", sumOf(once.filter(isOurs)));
      table("In every month that they are kept", monthly);
      table("In every month, whatever comes", standing);
      printLine("");
      printLine("Saved");
      for (const { what, dollars } of savings) printLine(`${money(dollars)}  ${what}`);
      printLine("");
      for (const note of notes()) printLine(note);
    });

const isOurs = ({ group }: Line) => group !== "Moderation" && group !== "CDN" && group !== "Compression";

interface Row {
  readonly group?: string;
  readonly item: string;
  readonly dollars: number;
}

function table(title: string, rows: readonly Row[]) {
  printLine("");
  printLine(title);
  for (const { group, item, dollars } of rows) row(group === undefined ? item : `${group}: ${item}`, dollars);
  row("together", sumOf(rows));
}

const row = (text: string, dollars: number) => printLine(`  ${text.padEnd(64)}${money(dollars)}`);
const money = (dollars: number) => dollars.toFixed(2).padStart(12);

function notes(): readonly string[] {
  const unseen = Object.entries(prices).filter(([, { seen }]) => seen === "unverified");
  const { at } = prices.lambdaSecond;
  return [
    `Prices as of ${at}; the source of each is in --json. Not verified on any page: ${unseen.map(([name]) => name).join(", ")}.`,
    `CPU times, bytes and sizes of records are measured (${measured.at}, ${measured.machine}); Lambda's arm64 may differ.`,
    `Assumed: ${assumed.s3Ms} ms for a call of S3 and ${assumed.s3MegabytesPerSecond} MB a second, ${assumed.dynamodbMs} of DynamoDB, ${assumed.callCpuMs} ms CPU for each; ${assumed.logBytes} bytes of log a call; warm functions, no retries, no free tier, no lower tiers.`,
  ];
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

function atLeastNone(text: string): number {
  return text === "0" ? 0 : positive(text);
}

function percent(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100) || text.trim() === "") throw new InvalidArgumentError("Expected 0 to 100.");
  return value;
}
