import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { cyclonedxOf } from "./cyclonedx.ts";
import { licencesPage, offencesOf } from "./licences.ts";
import { type Part, partsOf } from "./parts.ts";

interface Flags {
  readonly out: string;
  readonly json?: true;
  readonly licences?: true;
}

const root = resolve(import.meta.dirname, "../..");

await new Command("npm run sbom --")
  .description(
    "Writes what each deployed part is made of, as CycloneDX JSON: a file for each function, the layer with sharp, the pages and the policy pack.",
  )
  .option("--out <folder>", "where they are written", "dist/sbom")
  .option("--licences", "write docs/licences.md as well")
  .option("--json", "the outcome as JSON: an array of {part, file, packages: [{name, version, licence}]}")
  .addHelpText("after", "\nExit codes: 0 all is well, 1 a licence is not on the list, 2 wrong flags.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async ({ out, licences, json }: Flags) => {
    const parts = await partsOf();
    const folder = resolve(root, out);
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    await mkdir(folder, { recursive: true });
    for (const part of parts) await writeFile(join(folder, fileOf(part)), cyclonedxOf(part, version));
    if (licences) await writeFile(join(root, "docs/licences.md"), licencesPage(parts));
    if (json)
      console.log(
        JSON.stringify(
          parts.map((part) => summary(part, out)),
          null,
          2,
        ),
      );
    else for (const part of parts) console.log(line(part, out));
    const offences = offencesOf(parts);
    for (const { part, name, licence } of offences)
      console.error(
        `LICENCE_UNKNOWN: Expected ${part} to hold only what build/sbom/licences.ts lists, received ${licence} of ${name}. Read it, and list it or leave the package out.`,
      );
    process.exitCode = offences.length > 0 ? 1 : 0;
  })
  .parseAsync();

function fileOf({ name }: Part): string {
  return `${name}.cdx.json`;
}

function summary(part: Part, out: string) {
  const packages = part.packages.map(({ name, version, licence }) => ({ name, version, licence }));
  return { part: part.name, file: join(out, fileOf(part)), packages };
}

function line(part: Part, out: string): string {
  return `${part.name.padEnd(18)} ${String(part.packages.length).padStart(3)} packages  ${join(out, fileOf(part))}`;
}
