import { html } from "hono/html";
import { chartSize } from "./chart.ts";
import { bars, light } from "./look.ts";
import { figures, frame, notice, section, table } from "./pieces.ts";
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

/**
 * The mail as mail readers need it: tables, inline styles, one column of 600 px that narrows to a
 * phone. `chart` is the content id of its image, absent when there is nothing to draw.
 */
export function asHtml(
  summary: Summary,
  { siteUrl, environment, chart }: { siteUrl: string; environment: string; chart?: string },
): string {
  const { day, cameIn, published, rejected, bytesBefore, bytesAfter, saved } = summary;
  const seeTo = concerns(summary);
  const moved = cameIn.now + published.now + rejected.now > 0;
  const parts = [
    seeTo.length > 0 ? notice("To see to", seeTo) : undefined,
    moved
      ? figures([
          { name: "Came in", value: number(cameIn.now), note: change(cameIn) },
          { name: "Published", value: number(published.now), note: change(published) },
          { name: "Rejected", value: number(rejected.now), note: change(rejected) },
          {
            name: "Compressed by",
            value: saved === undefined ? "–" : percent(saved),
            note: saved === undefined ? "nothing published" : `${bytes(bytesBefore)} into ${bytes(bytesAfter)}`,
          },
        ])
      : undefined,
    chart && section("By the hour", hours(summary, chart)),
    summary.sources.length > 0
      ? section(
          "Sources",
          table(
            ["", "In", "Out", "Size"],
            [
              ...summary.sources.map((source) => ({ ...source, label: source.name })),
              ...(summary.otherSources
                ? [{ ...summary.otherSources, label: `${summary.otherSources.names} more` }]
                : []),
            ].map((row) => [row.label, number(row.cameIn), number(row.published), bytes(row.bytes)]),
          ),
        )
      : undefined,
    summary.rejections.length > 0
      ? section(
          "Rejected",
          table(
            ["", "Pictures"],
            summary.rejections.map((reason) => [{ title: reason.code, note: example(reason) }, number(reason.count)]),
          ),
        )
      : undefined,
    summary.actors.length > 0
      ? section(
          "Time taken",
          table(
            ["", "Half within", "95 % within"],
            summary.actors.map(({ actor, median, p95 }) => [steps[actor], duration(median), duration(p95)]),
          ),
        )
      : undefined,
    summary.costs && summary.costs.length > 0
      ? section(
          "Paid for",
          table(
            ["", "Calls", "Cost"],
            summary.costs.map((cost) => [
              { title: cost.provider, note: `${monthIn(cost)}: ${spentOf(cost)}` },
              number(cost.calls),
              dollars(cost.dollars),
            ]),
          ),
        )
      : undefined,
  ];
  return frame({
    title: dateIn(day),
    kicker: environment,
    lead: lead(summary),
    parts: parts.filter((part) => part !== undefined),
    link: { url: siteUrl, words: `Open Darkroom at ${new URL(siteUrl).host}` },
    foot: `The day of ${day.timeZone}, ${day.date}.`,
  });
}

function hours(summary: Summary, cid: string) {
  const quarters = summary.hours.map(({ clock }) => clock).filter((_, hour) => hour % 6 === 0 && hour < 24);
  const legend = (colour: string, words: string) => html`<span style="color:${colour}">&#9632;</span> ${words}&emsp;`;
  return html`<img src="cid:${cid}" width="${chartSize.width}" height="${chartSize.height}" alt="${busiest(summary)}" style="display:block;width:100%;height:auto;border:0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>${quarters.map(
    (clock) =>
      html`<td width="25%" class="muted" style="padding:4px 0 0;font-size:12px;line-height:16px;color:${light.muted}">${clock}:00</td>`,
  )}</tr></table>
<p class="muted" style="margin:8px 0 0;font-size:13px;line-height:20px;color:${light.muted}">${legend(bars.cameIn, "came in")}${legend(bars.published, "published")}<br>${busiest(summary)}</p>`;
}
