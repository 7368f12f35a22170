import { z } from "zod";

/**
 * For places without a feed of changes: each tick is a pass over all names, that delivers what
 * changed since shortly before the last pass began. So a name is found wherever it sorts, and a
 * cursor that is replayed delivers at least the same. Times are milliseconds since 1970.
 */
export const passState = z.strictObject({
  /** What changed before is known; 0 delivers everything. */
  since: z.number(),
  startedAt: z.number(),
  /** When the last pass began that delivered everything. */
  fullAt: z.number(),
  /** The last name looked at. Absent between two passes. */
  after: z.string().optional(),
});
export type PassState = z.infer<typeof passState>;

export interface PassOptions {
  /** How late a change may show, counted from the time it carries. */
  readonly overlapMs: number;
  /** Time after which a pass delivers everything again, for what carries an old time. */
  readonly fullPassMs: number;
}

/** The pass that goes on, or the next one. */
export function passOf(known: PassState | undefined, now: number, { overlapMs, fullPassMs }: PassOptions): PassState {
  if (known?.after !== undefined) return known;
  // A clock that was set back must not hide what came meanwhile.
  if (known === undefined || now - known.fullAt >= fullPassMs || now < known.startedAt)
    return { since: 0, startedAt: now, fullAt: now };
  return { since: known.startedAt - overlapMs, startedAt: now, fullAt: known.fullAt };
}
