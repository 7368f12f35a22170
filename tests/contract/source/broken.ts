import { Readable } from "node:stream";
import { SourceError } from "../../../providers/sources/types.ts";
import { type Abilities, bytesFrom, type SourceCase, type SourceRig } from "./rig.ts";
import {
  checks,
  chunks,
  endsWellAfter,
  givesNewest,
  goesOnWithNewest,
  leavesHalf,
  listsAfter,
  mapped,
  nothing,
  options,
  pages,
  patience,
  reads,
  remembersItsPlace,
  startsOver,
  takesItsOwn,
  tellsOnce,
  trips,
  without,
  writes,
  writesAnywhere,
  writesOver,
} from "./spoil.ts";

/** A way to get it wrong, and the case that must notice. */
export interface BrokenVariant {
  /** Goes on from "a source that". */
  readonly title: string;
  readonly needs: readonly (keyof Abilities)[];
  readonly caughtBy: SourceCase;
  readonly spoil: (rig: SourceRig) => SourceRig;
}

export function brokenVariantsOf(cases: readonly SourceCase[]): BrokenVariant[] {
  return variants.map(([title, caughtBy, spoil, ...more]) => {
    const found = cases.find((one) => one.title.startsWith(caughtBy));
    if (!found) throw new Error(`expected a case that begins with "${caughtBy}"`);
    return { title, needs: [...(found.needs ? [found.needs] : []), ...more], caughtBy: found, spoil };
  });
}

type Spoil = (rig: SourceRig) => SourceRig;
type Variant = readonly [title: string, caughtBy: string, spoil: Spoil, ...needs: (keyof Abilities)[]];

const variants: readonly Variant[] = [
  ["ends well although the digest is wrong", "ends with INTEGRITY", reads((run) => endsWellAfter("INTEGRITY", run))],
  ["ends well although bytes are missing", "ends with UNAVAILABLE", reads((run) => endsWellAfter("UNAVAILABLE", run))],
  ["gives up at the first cut", "goes on where it stopped", patience({ retries: 0 })],
  ["fetches the file from its start after a cut", "goes on where it stopped", startsOver],
  ["gives up when the line goes silent", "goes on after the line", patience({ retries: 0 })],
  ["ignores the size limit", "refuses more than", options(() => ({ maxBytes: Number.POSITIVE_INFINITY }))],
  [
    "trusts the listed size for its limit",
    "refuses more than",
    options(({ size }, { maxBytes }) => ({ maxBytes: size === undefined ? Number.POSITIVE_INFINITY : maxBytes })),
  ],
  [
    "passes on the piece that breaks the limit",
    "passes on no byte",
    options((_, { maxBytes }) => ({ maxBytes: maxBytes + 300_000 })),
  ],
  ["cannot be called off", "stops with ABORTED", options(() => ({ signal: undefined }))],
  [
    "holds a whole file in memory",
    "reads 96 MiB",
    reads(async (run) => Readable.from(chunks(await bytesFrom(await run())))),
  ],
  ["gives whatever is there now for the version it listed", "never gives a replaced file", givesNewest],
  ["answers a missing file with an empty one", "answers NOT_FOUND", reads((run) => endsWellAfter("NOT_FOUND", run))],
  [
    "loses a page's last entry",
    "lists everything at first",
    pages((page) => ({ ...page, changes: page.changes.slice(0, -1) })),
  ],
  ["stops after the first page", "lists everything at first", pages((page) => ({ ...page, more: false }))],
  [
    "goes on from now, whatever it was asked",
    "delivers a file that came later",
    pages((page, cursor) => ({ ...page, changes: cursor === undefined ? page.changes : [] })),
  ],
  [
    "looks only beyond the last name it saw",
    "delivers a file that came later",
    pages((page, cursor) => (cursor === undefined ? page : without(page, ({ path }) => /(^|\/)aa/.test(path)))),
  ],
  ["tells a file only once in its life", "tells at least the same again", tellsOnce],
  [
    "calls every version of a file the same",
    "gives an overwritten file",
    pages((page) => mapped(page, (file) => ({ ...file, version: "1" }))),
  ],
  [
    "calls a file by another name each time",
    "gives a file that nobody touched",
    pages((page) => mapped(page, (file) => ({ ...file, version: `${file.version} ${Math.random()}` }))),
  ],
  [
    "passes over what it skips in silence",
    "skips what is no picture",
    pages((page) => ({ ...page, changes: page.changes.filter(({ kind }) => kind !== "skip") })),
  ],
  [
    "tells nothing of deleted files",
    "tells that a file was deleted",
    pages((page) => ({ ...page, changes: page.changes.filter(({ kind }) => kind !== "delete") })),
  ],
  [
    "takes a foreign cursor for the beginning",
    "refuses another source's cursor",
    listsAfter("CONFIG", (s) => s.changes()),
  ],
  [
    "stops at a cursor that the service forgot",
    "begins anew",
    pages((page, _, { name }) => {
      if (page.resync) throw new SourceError(name, "UNAVAILABLE", "the cursor is unknown");
      return page;
    }),
  ],
  [
    "goes on from now when its cursor was forgotten",
    "begins anew",
    pages((page) => (page.resync ? { ...page, changes: [] } : page)),
  ],
  ["takes too many requests for an empty folder", "says RATE_LIMITED", listsAfter("RATE_LIMITED", nothing)],
  ["takes refused credentials for an empty folder", "says AUTH when", listsAfter("AUTH", nothing)],
  ["writes over what is there", "does not write back over", writesOver],
  ["takes its own results for pictures", "does not take its own results", takesItsOwn],
  [
    "looks only beyond the last name while it lists",
    "delivers what came while it was listing",
    pages((page, cursor) => (cursor === undefined ? page : without(page, ({ path }) => /(^|\/)aa/.test(path)))),
  ],
  ["cannot find a file with a + in its name", "reads exactly the bytes", trips],
  ["goes on with whatever is there now", "never mixes two versions", goesOnWithNewest],
  ["remembers its place in memory alone", "can be polled by two", remembersItsPlace],
  ["writes to see whether it may", "checks itself without", checks((rig) => rig.put("probe.jpg", Buffer.from("x")))],
  ["says that all is well without trying", "says in its check what is missing", checks(async () => {})],
  ["writes half of a result", "writes results back", writes((body) => body.subarray(0, body.length / 2))],
  ["writes over what another just wrote", "lets one of two win", writesOver],
  ["leaves half a result behind", "leaves nothing behind", leavesHalf, "cuts"],
  ["writes wherever it is told to", "refuses to write outside", writesAnywhere],
];
