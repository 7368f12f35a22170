import { escaped } from "./html.ts";

/** The Markdown that dashboards are written in: headings, paragraphs, lists, links, bold and code. HTML in it is shown as text. */
export function markdown(text: string): string {
  const blocks = text.replaceAll("\r", "").split(/\n\s*\n|\n(?=#)|(?<=^#[^\n]*)\n/m);
  return blocks.map((block) => blockOf(block.trim())).join("\n");
}

function blockOf(block: string): string {
  if (block === "") return "";
  const [, marks, title] = /^(#{1,6})\s+(.*)$/.exec(block) ?? [];
  // The page's own heading is the first.
  if (marks !== undefined) {
    const level = Math.min(6, marks.length + 1);
    return `<h${level}>${inline(title ?? "")}</h${level}>`;
  }
  const lines = block.split("\n");
  if (lines.every((line) => /^\s*[-*]\s/.test(line)))
    return `<ul>${lines.map((line) => `<li>${inline(line.replace(/^\s*[-*]\s/, ""))}</li>`).join("")}</ul>`;
  return `<p>${lines.map(inline).join("<br>")}</p>`;
}

const inline = (text: string): string =>
  escaped(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\[([^\]]+)\]\((https?:[^\s)]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>')
    // Pages of the repository are not on this server.
    .replace(/\[([^\]]+)\]\(([^\s)]+)\)/g, "$1 ($2)");
