import { Command, Option } from "commander";
import { compressionOptions, limitOptions, moderationOptions, renditionOptions } from "../../options.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";
import { moderatorFor } from "../../providers/moderators/index.ts";
import { listOf, numberIfAny, parsed } from "../options.ts";
import { CliError, exitCodes, type Finish, printJson, printLine, progressLine } from "../output.ts";
import { convertSite } from "./convert-site.ts";
import { isWell, linesOf, totalsOf } from "./report.ts";
import { siteFiles } from "./site-files.ts";
import { timeLeft } from "./time-left.ts";

interface Flags {
  readonly dryRun?: true;
  readonly out?: string;
  readonly into: string;
  readonly base: string;
  readonly markup: "picture" | "srcset";
  readonly sizes?: string;
  readonly widths?: string;
  readonly formats?: string;
  readonly preset?: string;
  readonly screen: boolean;
  readonly greyscale?: string;
  readonly json?: true;
}

export const convertCommand = (finish: Finish) =>
  new Command("convert")
    .description(
      "Finds the pictures that the pages of a static site show, develops them here, and rewrites the pages to offer each browser the smallest file that fits. Needs no cloud and no host.",
    )
    .argument("<site>", "folder of the site")
    .option("--dry-run", "write nothing; tell what would be done")
    .option("--out <dir>", "put the converted site here, instead of changing it in place")
    .option("--into <folder>", "folder of the site for the renditions", "assets/darkroom")
    .option("--base <address>", "where the site is served: a path, or a whole address", "/")
    .addOption(
      new Option("--markup <kind>", "srcset, if style sheets must find no <picture> around an <img>")
        .choices(["picture", "srcset"])
        .default("picture"),
    )
    .option("--sizes <text>", "for pictures without sizes, instead of what keeps their size")
    .option("--widths <list>", "responsive widths in pixels, such as 320,640,1280")
    .option("--formats <list>", "jpeg, webp, avif; jpeg stands for the picture's base format")
    .option("--preset <name>", "fast, balanced or smallest")
    .option("--no-screen", "convert without asking the moderator: you know the pictures")
    .option("--greyscale <how>", "screen: trust the moderator without colour, too")
    .option(
      "--json",
      "{pages: [{path, changed, left, reason}], pictures: [{path, status, reason, bytes, bytesAfter}], totals}",
    )
    .action(async (folder: string, flags: Flags) => {
      const given = { widths: listOf(flags.widths)?.map(numberIfAny), formats: listOf(flags.formats) };
      const renditions = parsed(renditionOptions, given);
      const { preset } = parsed(compressionOptions, { preset: flags.preset });
      const moderation = parsed(moderationOptions, { greyscale: flags.greyscale });
      const into = folderOf(flags.into);
      const site = await siteFiles({ site: folder, out: flags.out, into });
      const progress = progressLine();
      const left = timeLeft();
      const dryRun = flags.dryRun === true;
      const conversion = await convertSite({
        site,
        into,
        addresses: { root: rootOf(flags.base), published: `${into}/` },
        markup: flags.markup,
        sizes: flags.sizes,
        renditions,
        preset,
        compressor: sharpCompressor({ preset }),
        limits: limitOptions.parse(undefined),
        moderation,
        moderator:
          flags.screen && !dryRun ? await moderatorFor(moderation, { secret: async () => undefined }) : undefined,
        dryRun,
        onProgress: (what, done, of) => progress.show(`${done}/${of} ${what}${left(what, done, of)}`),
      });
      progress.clear();
      if (flags.json) printJson({ ...conversion, totals: totalsOf(conversion) });
      else for (const line of linesOf(conversion, dryRun)) printLine(line);
      finish(isWell(conversion) ? exitCodes.ok : exitCodes.refused);
    });

/** @throws CliError `BAD_OPTION` */
function folderOf(text: string): string {
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || text.startsWith("/") || /[\\\0]/.test(text) || parts.includes(".."))
    throw new CliError("BAD_OPTION", `--into: expected a folder inside the site, such as assets/darkroom (${text})`);
  return parts.join("/");
}

/** @throws CliError `BAD_OPTION` */
function rootOf(text: string): string {
  const address = URL.parse(text, "http://site.invalid/");
  if (address === null || !/^(https?:\/\/|\/)/.test(text) || address.search !== "" || address.hash !== "")
    throw new CliError("BAD_OPTION", `--base: expected a path such as /blog/, or https://example.com/ (${text})`);
  const path = address.pathname.endsWith("/") ? address.pathname : `${address.pathname}/`;
  return text.startsWith("/") ? path : `${address.origin}${path}`;
}
