import type { Limit } from "./capacity.ts";

/** As a table of Markdown, the tightest limit first; what takes next to nothing is left out. */
export const capacityTable = (limits: readonly Limit[]): readonly string[] =>
  markdown(["what", "used", "of", "share", "what moves it"], limits.filter(({ share }) => share >= 0.001).map(cells));

export const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);

function cells({ what, used, most, unit, share, moves }: Limit): readonly string[] {
  const isBroken = share > 1;
  const shown = isBroken ? `**${figure(share)} ×**` : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return [isBroken ? `**${what}**` : what, figure(used), `${figure(most)} ${unit}`, shown, moves];
}

const figure = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
