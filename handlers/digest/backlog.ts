import type { Picture, Status } from "../record.ts";

/** Pictures that are not at their end, whenever they came. */
export interface Backlog {
  /** Waiting for a person. */
  inReview: number;
  /** Standing still for over an hour, by where they stand. */
  readonly stuck: Map<Status, number>;
  /** When the one that stands still longest was last moved, ISO 8601. */
  stuckSince?: string;
}

export const newBacklog = (): Backlog => ({ inReview: 0, stuck: new Map() });

export function countStanding(backlog: Backlog, { status, changedAt }: Picture, now: Date): void {
  if (status === "review") backlog.inReview += 1;
  else if (!ends.has(status) && now.getTime() - Date.parse(changedAt) > patienceMs) {
    backlog.stuck.set(status, (backlog.stuck.get(status) ?? 0) + 1);
    if (backlog.stuckSince === undefined || changedAt < backlog.stuckSince) backlog.stuckSince = changedAt;
  }
}

const patienceMs = 3600_000;
const ends: ReadonlySet<Status> = new Set<Status>(["published", "rejected", "duplicate", "forgotten"]);
