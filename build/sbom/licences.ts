import parseExpression, { type Info } from "spdx-expression-parse";
import type { Package } from "./packages.ts";
import type { Part } from "./parts.ts";

/** A package under a licence that nobody has agreed to. */
export interface Offence {
  readonly part: string;
  readonly name: string;
  readonly licence: string;
}

/** Ask nothing but to be named. */
const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "FTL",
  "HPND-sell-variant",
  "IJG",
  "ISC",
  "MIT",
  "MIT-0",
  "Zlib",
  "libpng-2.0",
  "libtiff",
]);

/** Ask that the library itself stays open and can be exchanged: in the layer it is a file of its own, unchanged. */
const weakCopyleft = new Set(["LGPL-3.0-or-later", "MPL-1.1", "MPL-2.0"]);
const mayHoldCopyleft = ["sharp-layer"];

/** What is deployed under a licence that is not on the list for its part. */
export const offencesOf = (parts: readonly Part[]): Offence[] =>
  parts.flatMap(({ name: part, packages }) =>
    packages.filter(({ licence }) => !isAllowed(licence, part)).map(({ name, licence }) => ({ part, name, licence })),
  );

/** docs/licences.md. Without versions: those are in the bills, and change each week. */
export function licencesPage(parts: readonly Part[]): string {
  const layer = parts.find(({ name }) => name === "sharp-layer")!;
  const bundled = parts.filter((part) => part !== layer).flatMap(({ packages }) => packages);
  return `${[
    "# Licences of what is deployed",
    "Made by `npm run sbom -- --licences`. Versions, hashes and which function holds what: `npm run sbom`.",
    `**libvips is under the LGPL.** The layer with sharp holds it, and in it other libraries under the LGPL and the MPL. They
are used as they come from npm, unchanged, in files of their own that sharp loads at run time; whoever wants another build of
them exchanges the layer. None of them is bundled with our code. Who hands the layer on to others has to hand on these
licences as well, and to say where the sources are: \`lovell/sharp-libvips\` on GitHub.`,
    "## In the functions, the pages and the policy pack",
    table(bundled),
    "## In the layer with sharp",
    table(layer.packages),
  ].join("\n\n")}\n`;
}

function isAllowed(licence: string, part: string): boolean {
  const allows = (info: Info): boolean => {
    if ("conjunction" in info)
      return info.conjunction === "or"
        ? allows(info.left) || allows(info.right)
        : allows(info.left) && allows(info.right);
    return permissive.has(info.license) || (mayHoldCopyleft.includes(part) && weakCopyleft.has(info.license));
  };
  return isExpression(licence) && allows(parseExpression(licence));
}

/** Else it is said in words: for a person to read. */
function isExpression(licence: string): boolean {
  try {
    return Boolean(parseExpression(licence));
  } catch {
    return false;
  }
}

function table(packages: readonly Package[]): string {
  const byLicence = Map.groupBy(packages, ({ licence }) => licence);
  const rows = [...byLicence].sort(([one], [other]) => (one < other ? -1 : 1));
  const names = (of: readonly Package[]) => [...new Set(of.map(({ name }) => name))].sort().join(", ");
  return ["| licence | of |", "| --- | --- |", ...rows.map(([licence, of]) => `| ${licence} | ${names(of)} |`)].join(
    "\n",
  );
}
