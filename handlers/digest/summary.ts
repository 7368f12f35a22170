import type { Spending } from "../costs/spending.ts";
import type { Actor, Reason, Status } from "../record.ts";
import type { Standing } from "../standing.ts";
import type { Backlog } from "./backlog.ts";
import { clockHours, type Day } from "./day.ts";
import type { SourceCount, Tally } from "./tally.ts";

/** What was paid to one provider for one day. */
export interface Cost {
  readonly provider: string;
  readonly calls: number;
  /** In US dollars. */
  readonly dollars: number;
  /** What the whole of its month came to by now. */
  readonly inMonth: Pick<Spending, "month" | "dollars" | "budget" | "stopped">;
}

/** A number, and what it was the day before. */
export interface Figure {
  readonly now: number;
  readonly before: number;
}

/** A day in figures: plain data, nothing of which names a person or a file. */
export interface Summary {
  readonly day: Day;
  readonly cameIn: Figure;
  readonly published: Figure;
  readonly rejected: Figure;
  readonly duplicates: Figure;
  /** Of the originals that came in. */
  readonly bytes: Figure;
  /** Of what was published: pixels before compression, and files. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Share of `bytesBefore` that compression took away, 0–1; absent when nothing was published. */
  readonly saved?: number;
  /** The busiest first. */
  readonly sources: readonly ({ readonly name: string } & Readonly<SourceCount>)[];
  /** How many more sources there were, and what they brought. */
  readonly otherSources?: Readonly<SourceCount> & { readonly names: number };
  /** The most frequent first. */
  readonly rejections: readonly (Reason & { readonly count: number })[];
  readonly inReview: number;
  readonly stuck: readonly { readonly status: Status; readonly count: number }[];
  /** ISO 8601. */
  readonly stuckSince?: string;
  /** Sources that cannot be looked at, or written back to. */
  readonly troubles: readonly { readonly source: string; readonly sentence: string; readonly since: string }[];
  /** In the order of a picture's way, in milliseconds. */
  readonly actors: readonly { readonly actor: Actor; readonly median: number; readonly p95: number }[];
  /** Absent where nobody keeps account of it; the most expensive first. */
  readonly costs?: readonly Cost[];
  readonly hours: readonly { readonly clock: string; readonly cameIn: number; readonly published: number }[];
}

const topSources = 8;
const way: readonly Actor[] = ["ingest", "moderate", "resize", "compress", "publish", "write-back", "forget"];

export function summarise({
  today,
  before,
  backlog,
  standings,
  costs,
}: {
  readonly today: Tally;
  readonly before: Tally;
  readonly backlog: Backlog;
  readonly standings: readonly Pick<Standing, "name" | "trouble">[];
  readonly costs?: readonly Cost[];
}): Summary {
  const { day, bytesBefore, bytesAfter } = today;
  const figure = (key: "cameIn" | "published" | "rejected" | "duplicates" | "bytes"): Figure => ({
    now: today[key],
    before: before[key],
  });
  const sources = [...today.sources]
    .map(([name, counts]) => ({ name, ...counts }))
    .sort((a, b) => b.cameIn - a.cameIn || b.published - a.published || (a.name < b.name ? -1 : 1));
  return {
    day,
    cameIn: figure("cameIn"),
    published: figure("published"),
    rejected: figure("rejected"),
    duplicates: figure("duplicates"),
    bytes: figure("bytes"),
    bytesBefore,
    bytesAfter,
    saved: bytesBefore > 0 ? 1 - bytesAfter / bytesBefore : undefined,
    sources: sources.slice(0, topSources),
    otherSources: together(sources.slice(topSources)),
    rejections: [...today.rejections.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    inReview: backlog.inReview,
    stuck: [...backlog.stuck].map(([status, count]) => ({ status, count })).sort((a, b) => b.count - a.count),
    stuckSince: backlog.stuckSince,
    troubles: standings.flatMap(({ name, trouble }) =>
      trouble ? [{ source: name, sentence: trouble.sentence, since: trouble.since }] : [],
    ),
    actors: way.flatMap((actor) => {
      const spread = today.actors.get(actor);
      return spread ? [{ actor, median: spread.quantile(0.5), p95: spread.quantile(0.95) }] : [];
    }),
    costs: costs && [...costs].sort((a, b) => b.dollars - a.dollars),
    hours: clockHours(day).map((clock, hour) => ({
      clock,
      ...(today.hours.get(hour) ?? { cameIn: 0, published: 0 }),
    })),
  };
}

function together(rest: readonly Readonly<SourceCount>[]): Summary["otherSources"] {
  if (rest.length === 0) return undefined;
  const sum = (key: keyof SourceCount) => rest.reduce((total, source) => total + source[key], 0);
  return { names: rest.length, cameIn: sum("cameIn"), published: sum("published"), bytes: sum("bytes") };
}
