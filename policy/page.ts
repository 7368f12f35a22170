import { readFile, writeFile } from "node:fs/promises";
import { own } from "./exceptions.ts";
import { rules } from "./rules/index.ts";

const file = new URL("../docs/policy.md", import.meta.url);
const begin = "<!-- Made by `npm run policy-page`. -->";
const end = "<!-- Until here. -->";

/** docs/policy.md with the tables as the pack has them now. The prose around them is left alone. */
export async function policyPage(): Promise<string> {
  const page = await readFile(file, "utf8");
  const [before, rest = ""] = page.split(begin);
  const after = rest.split(end)[1];
  if (after === undefined)
    throw new Error(`PAGE_MARKS_MISSING: Expected docs/policy.md to hold ${begin} and ${end}. Put them back.`);
  return `${before}${begin}\n\n${tables()}\n\n${end}${after}`;
}

const tables = () =>
  [
    table(
      ["", "rule", "checks", "why", "to mend it", "known as"],
      rules.map(({ control }) => [
        String(control.id),
        control.level === "mandatory" ? `**${control.name}**` : control.name,
        control.checks,
        control.why,
        capital(control.mend),
        control.known,
      ]),
    ),
    "## What Darkroom leaves as it is",
    table(
      ["rule", "for", "because"],
      Object.entries(own).flatMap(([rule, exceptions]) =>
        exceptions.map(({ name, urn, about, reason }) => [
          rule,
          [`\`${name ?? urn}\``, ...(about === undefined ? [] : [`\`${about}\``])].join(": "),
          reason,
        ]),
      ),
    ),
  ].join("\n\n");

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");

const cell = (text: string) => text.replaceAll("|", "\\|");

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

if (import.meta.main) await writeFile(file, await policyPage());
