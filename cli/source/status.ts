import { Command } from "commander";
import { apiClient, laptop } from "../api-client.ts";
import type { Standing } from "../api-shapes.ts";
import { CliError, exitCodes, type Finish, printJson, printLine } from "../output.ts";

interface Flags {
  readonly at: string;
  readonly json?: true;
}

export const statusCommand = (finish: Finish) =>
  new Command("status")
    .description("How each source stands: when it was last looked at, what came of it, and what is wrong.")
    .argument("[name]", "of one source")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option(
      "--json",
      "{sources: [{name, kind, every, lastPollAt, lastWellAt, cursorMovedAt, taken, skipped, failed, deleted, writtenBack, nextPollAt, trouble, hook}]}",
    )
    .action(async (name: string | undefined, { at, json }: Flags) => {
      const all = await apiClient(at).sources();
      const sources = name === undefined ? all : all.filter((source) => source.name === name);
      if (name !== undefined && sources.length === 0)
        throw new CliError(
          "SOURCE_UNKNOWN",
          `Expected ${name} among the sources, found ${all.map((source) => source.name).join(", ") || "none"}.`,
        );
      if (json) printJson({ sources });
      else for (const line of linesOf(sources, Date.now())) printLine(line);
      finish(sources.some(({ trouble }) => trouble) ? exitCodes.refused : exitCodes.ok);
    });

function linesOf(sources: readonly Standing[], now: number): string[] {
  if (sources.length === 0) return ["There are no sources."];
  const rows = sources.map((source) => [
    source.name,
    source.kind,
    source.trouble?.code ?? (source.lastPollAt === undefined ? "not yet looked at" : "well"),
    ago(source.lastPollAt, now),
    ago(source.cursorMovedAt, now),
    String(source.taken),
    String(Object.values(source.skipped).reduce((sum, count) => sum + count, 0)),
    String(source.failed),
    ahead(source.nextPollAt, now),
  ]);
  return [...table([heads, ...rows]), ...sources.flatMap((source) => notesOf(source, now))];
}

const heads = ["source", "kind", "stands", "last look", "cursor moved", "taken", "skipped", "failed", "next look"];

function notesOf({ name, trouble, skipped, deleted, writtenBack, hook }: Standing, now: number): string[] {
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  const help = trouble?.needsPerson ? " It needs a person." : "";
  return [
    ...(trouble ? [`${name}: ${trouble.sentence} So since ${ago(trouble.since, now)}.${help}`] : []),
    ...(reasons.length > 0 ? [`${name}: skipped ${reasons.join(", ")}`] : []),
    ...(deleted > 0 ? [`${name}: ${deleted} were deleted there since`] : []),
    ...(writtenBack > 0 ? [`${name}: the results of ${writtenBack} were written back`] : []),
    ...(hook?.expiresAt ? [`${name}: is called back until ${hook.expiresAt}`] : []),
    ...(hook?.trouble ? [`${name}: is not called back: ${hook.trouble.sentence}`] : []),
  ];
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

const ago = (time: string | undefined, now: number) =>
  time === undefined ? "never" : `${spanOf(now - Date.parse(time))} ago`;

const ahead = (time: string | undefined, now: number) => {
  const left = time === undefined ? undefined : Date.parse(time) - now;
  return left === undefined ? "unknown" : left <= 0 ? "now" : `in ${spanOf(left)}`;
};

/** Of the largest unit that it fills. */
function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [length, unit] = units.find(([each]) => seconds >= each) ?? [1, "s"];
  return `${Math.floor(seconds / length)} ${unit}`;
}

const units = [
  [86_400, "days"],
  [3600, "h"],
  [60, "min"],
] as const;
