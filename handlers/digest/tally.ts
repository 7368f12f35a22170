import type { Actor, Picture, Reason } from "../record.ts";
import { type Day, hourOf, isWithin } from "./day.ts";
import { createSpread, type Spread } from "./spread.ts";

export interface SourceCount {
  cameIn: number;
  published: number;
  /** Of the originals that came in, in bytes. */
  bytes: number;
}

/** What happened within one day, added up picture by picture. */
export interface Tally {
  readonly day: Day;
  cameIn: number;
  /** Of the originals, in bytes. */
  bytes: number;
  duplicates: number;
  published: number;
  /** Sums over what was published: pixels before compression, and files. */
  bytesBefore: number;
  bytesAfter: number;
  rejected: number;
  readonly sources: Map<string, SourceCount>;
  /** By code, with the sentence of the last picture seen. */
  readonly rejections: Map<string, Reason & { count: number }>;
  /** Of the pictures that came in. */
  readonly actors: Map<Actor, Spread>;
  /** By hour of the day, counted from its beginning. */
  readonly hours: Map<number, { cameIn: number; published: number }>;
}

export const newTally = (day: Day): Tally => ({
  day,
  cameIn: 0,
  bytes: 0,
  duplicates: 0,
  published: 0,
  bytesBefore: 0,
  bytesAfter: 0,
  rejected: 0,
  sources: new Map(),
  rejections: new Map(),
  actors: new Map(),
  hours: new Map(),
});

/** Adds what the picture did within the tally's day, if anything. */
export function count(tally: Tally, picture: Picture): void {
  const { day } = tally;
  if (isWithin(day, picture.enteredAt)) {
    tally.cameIn += 1;
    tally.bytes += picture.bytes;
    if (picture.status === "duplicate") tally.duplicates += 1;
    const source = sourceIn(tally, picture.source);
    source.cameIn += 1;
    source.bytes += picture.bytes;
    hourIn(tally, picture.enteredAt).cameIn += 1;
    for (const [actor, { ms }] of Object.entries(picture.timings))
      gotten(tally.actors, actor as Actor, createSpread).add(ms);
  }
  if (picture.status === "published" && isWithin(day, picture.publishedAt)) {
    tally.published += 1;
    tally.bytesBefore += picture.bytesBefore;
    tally.bytesAfter += picture.bytesAfter;
    sourceIn(tally, picture.source).published += 1;
    hourIn(tally, picture.publishedAt).published += 1;
  }
  if (picture.status === "rejected" && isWithin(day, picture.changedAt)) {
    tally.rejected += 1;
    const { code, sentence } = picture.reason;
    gotten(tally.rejections, code, () => ({ code, sentence, count: 0 })).count += 1;
  }
}

const sourceIn = ({ sources }: Tally, name: string) =>
  gotten(sources, name, () => ({ cameIn: 0, published: 0, bytes: 0 }));

const hourIn = ({ hours, day }: Tally, time: string) =>
  gotten(hours, hourOf(day, time), () => ({ cameIn: 0, published: 0 }));

function gotten<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
