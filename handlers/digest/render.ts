import type { Mail } from "../api/types.ts";
import { hourlyChart } from "./chart.ts";
import { asHtml } from "./html.ts";
import type { Summary } from "./summary.ts";
import { asText } from "./text.ts";
import { concerns, dateIn, number } from "./words.ts";

/** `siteUrl` has no slash at the end. */
export async function render(
  summary: Summary,
  where: { readonly siteUrl: string; readonly environment: string },
): Promise<Omit<Mail, "to">> {
  const busy = summary.hours.some(({ cameIn, published }) => cameIn + published > 0);
  const cid = `hours-${summary.day.date}@darkroom`;
  return {
    subject: subjectOf(summary, where.environment),
    text: asText(summary, where),
    html: asHtml(summary, { ...where, chart: busy ? cid : undefined }),
    images: busy ? [{ cid, png: await hourlyChart(summary.hours) }] : undefined,
  };
}

function subjectOf(summary: Summary, environment: string): string {
  const { cameIn, published, day } = summary;
  const quiet = cameIn.now + published.now === 0;
  const happened = quiet ? "a quiet day" : `${number(cameIn.now)} in, ${number(published.now)} out`;
  const count = concerns(summary).length;
  return `Darkroom ${environment}, ${dateIn(day)}: ${happened}${count > 0 ? `, ${count} to see to` : ""}`;
}
