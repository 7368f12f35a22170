import { html, raw } from "hono/html";
import { dark, light, width } from "./look.ts";

/** What the mail is made of. Colours are inline for the light, and by class for the dark. */

export type Piece = ReturnType<typeof html>;

export interface FrameContent {
  readonly title: string;
  readonly kicker: string;
  readonly lead: string;
  readonly parts: readonly (Piece | string)[];
  readonly link: { readonly url: string; readonly words: string };
  readonly foot: string;
}

export function frame({ title, kicker, lead, parts, link, foot }: FrameContent): string {
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>Darkroom: ${title}</title>
<style>${raw(styles)}</style>
</head>
<body class="bg" style="margin:0;padding:0;background:${light.bg}">
<div style="display:none;max-height:0;overflow:hidden">${lead}</div>
<table role="presentation" class="bg" width="100%" cellpadding="0" cellspacing="0" style="background:${light.bg}"><tr><td align="center" class="around" style="padding:32px 12px">
<table role="presentation" class="surface text" width="100%" cellpadding="0" cellspacing="0" style="max-width:${width}px;background:${light.surface};border-radius:14px;color:${light.text};font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"><tr><td class="inside" style="padding:32px">
<p class="accent" style="margin:0;font-size:13px;line-height:20px;font-weight:600;color:${light.accent}">Darkroom <span class="muted" style="color:${light.muted};font-weight:400">· ${kicker}</span></p>
<h1 class="text" style="margin:4px 0 8px;font-size:26px;line-height:32px;font-weight:650;letter-spacing:-0.01em;color:${light.text}">${title}</h1>
<p class="text" style="margin:0;font-size:16px;line-height:24px;color:${light.text}">${lead}</p>
${parts}
<p style="margin:32px 0 0;font-size:14px;line-height:20px"><a class="accent" href="${link.url}" style="color:${light.accent};font-weight:600">${link.words}</a></p>
</td></tr></table>
<p class="muted" style="margin:16px 0 0;font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:12px;line-height:18px;color:${light.muted}">${foot}</p>
</td></tr></table>
</body>
</html>
`);
}

export const section = (title: string, body: Piece): Piece =>
  html`<h2 class="text" style="margin:32px 0 8px;font-size:16px;line-height:24px;font-weight:650;color:${light.text}">${title}</h2>
${body}
`;

export const notice = (title: string, sentences: readonly string[]): Piece =>
  html`<table role="presentation" class="ask-soft" width="100%" cellpadding="0" cellspacing="0" style="margin:24px 0 0;background:${light.askSoft};border-radius:10px"><tr><td style="padding:14px 18px">
<p class="ask" style="margin:0;font-size:14px;line-height:20px;font-weight:650;color:${light.ask}">${title}</p>
${sentences.map((sentence) => html`<p class="text" style="margin:6px 0 0;font-size:14px;line-height:20px;color:${light.text}">${sentence}</p>`)}
</td></tr></table>
`;

interface Figured {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** Four in a row, or two by two on a phone: halves that wrap, because not every reader knows media queries. */
export function figures([a, b, c, d]: readonly [Figured, Figured, Figured, Figured]): Piece {
  const half = (pair: readonly Figured[]) =>
    html`<div class="half" style="display:inline-block;width:100%;max-width:268px;vertical-align:top"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>${pair.map(cell)}</tr></table></div>`;
  return html`<div style="margin:24px 0 0;font-size:0;text-align:left">${half([a, b])}${half([c, d])}</div>
`;
}

const cell = ({ name, value, note }: Figured): Piece =>
  html`<td width="50%" valign="top" style="padding:0 8px 12px 0">
<p class="muted" style="margin:0;font-size:13px;line-height:18px;color:${light.muted}">${name}</p>
<p class="text" style="margin:2px 0;font-size:26px;line-height:32px;font-weight:650;letter-spacing:-0.01em;color:${light.text}">${value}</p>
<p class="muted" style="margin:0;font-size:12px;line-height:16px;color:${light.muted}">${note}</p>
</td>`;

type Cell = string | { readonly title: string; readonly note: string };

/** The first column holds names, all others figures. */
export const table = (heads: readonly string[], rows: readonly (readonly Cell[])[]): Piece =>
  html`<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:14px;line-height:20px;font-variant-numeric:tabular-nums">
<tr>${heads.map((head, at) => html`<th class="muted line" align="${at === 0 ? "left" : "right"}" scope="col" style="padding:${at === 0 ? "6px 0" : "6px 0 6px 16px"};border-bottom:1px solid ${light.line};font-size:12px;font-weight:400;white-space:nowrap;color:${light.muted}">${head}</th>`)}</tr>
${rows.map((row) => html`<tr>${row.map(datum)}</tr>`)}
</table>`;

function datum(cell: Cell, at: number): Piece {
  const frame = `padding:${at === 0 ? "8px 0" : "8px 0 8px 16px"};border-bottom:1px solid ${light.line};color:${light.text}`;
  if (at > 0)
    return html`<td class="text line" align="right" valign="top" style="${frame};white-space:nowrap">${cell}</td>`;
  const name =
    typeof cell === "string"
      ? cell
      : html`<b style="font-weight:650">${cell.title}</b><br><span class="muted" style="font-size:13px;color:${light.muted}">${cell.note}</span>`;
  return html`<td class="text line" style="${frame};overflow-wrap:anywhere">${name}</td>`;
}

const styles = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .around { padding: 0 !important; }
  .inside { padding: 24px 20px !important; }
  .half { max-width: none !important; }
}
@media (prefers-color-scheme: dark) {
  .bg { background: ${dark.bg} !important; }
  .surface { background: ${dark.surface} !important; }
  .ask-soft { background: ${dark.askSoft} !important; }
  .text { color: ${dark.text} !important; }
  .muted { color: ${dark.muted} !important; }
  .accent { color: ${dark.accent} !important; }
  .ask { color: ${dark.ask} !important; }
  .line { border-color: ${dark.line} !important; }
}
`;
