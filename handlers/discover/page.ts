import type { Reason } from "../record.ts";
import { editsOf, type Manners, type Replacement } from "./edits.ts";
import { findPlaces, type PageSyntax } from "./find.ts";
import { left } from "./left.ts";
import type { Edit, Page, Place } from "./place.ts";
import { type Referrer, referenceTo, resolveReference, type Site } from "./references.ts";
import { rewrite } from "./rewrite.ts";

export interface PageFile {
  /** From the root of the site. */
  readonly path: string;
  readonly text: string;
  readonly syntax: PageSyntax;
}

/** A reference that stays, and why. */
export interface Left {
  readonly reference: string;
  readonly reason: Reason;
}

/** A file that a page shows. */
export interface Wanted {
  /** From the root of the site. */
  readonly path: string;
  /** Somewhere it must be of the file's own size. */
  readonly ownSize: boolean;
}

/** The pictures of the site that a page shows, each once, and what it refers to beyond them. */
export function picturesOf(file: PageFile, site: Site): { wanted: readonly Wanted[]; left: readonly Left[] } {
  const wanted = new Map<string, Wanted>();
  const kept: Left[] = [];
  for (const { place, found } of look(file, site)) {
    if (found.to === "elsewhere") kept.push({ reference: place.reference, reason: found.reason });
    if (found.to !== "file") continue;
    const ownSize = place.kind === "address" || wanted.get(found.path)?.ownSize === true;
    wanted.set(found.path, { path: found.path, ownSize });
  }
  return { wanted: [...wanted.values()], left: kept };
}

/** A picture's renditions have for `url` a path from the root, or an address that is taken as it is. Else, why it has none. */
export type PictureOf = (path: string) => Replacement | Reason;

export interface Rewritten {
  readonly text: string;
  /** References that now lead to renditions. */
  readonly changed: number;
  readonly left: readonly Left[];
}

/**
 * The page with its references to developed pictures changed, and everything else as it was. Those
 * to published pictures are left alone, so a second time changes nothing.
 */
export function rewritePage(
  file: PageFile,
  site: Site,
  pictureOf: PictureOf,
  options: Pick<Manners, "markup" | "sizes">,
): Rewritten {
  const edits: Edit[] = [];
  const kept: Left[] = [];
  let changed = 0;
  for (const { place, found, page, from } of look(file, site)) {
    const stays = (reason: Reason) => void kept.push({ reference: place.reference, reason });
    if (found.to === "elsewhere") stays(found.reason);
    if (found.to !== "file") continue;
    const picture = pictureOf(found.path);
    if ("code" in picture) {
      stays(picture);
      continue;
    }
    const seen = (url: string) => (/^https?:/.test(url) ? url : referenceTo(url, found.manner, from, site));
    const renditions = picture.renditions.map((one) => ({ ...one, url: seen(one.url) }));
    const made = editsOf(place, { ...picture, renditions }, { ...page, ...options });
    if (typeof made === "string") stays(left(made));
    else {
      edits.push(...made);
      changed += 1;
    }
  }
  return { text: rewrite(file.text, edits), changed, left: kept };
}

function look({ path, text, syntax }: PageFile, site: Site) {
  const page: Page = findPlaces(text, syntax);
  const from: Referrer = { path, base: page.base };
  return page.places
    .filter(({ reference }) => !reference.startsWith("#"))
    .map((place: Place) => ({ place, page, from, found: resolved(place, from, site) }));
}

const resolved = (place: Place, from: Referrer, site: Site) =>
  place.templated
    ? ({ to: "elsewhere", reason: left("TEMPLATE") } as const)
    : resolveReference(place.reference, from, site);
