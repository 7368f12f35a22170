import type { Picture } from "../record.ts";

/**
 * Whether a Region of the stack does its share of the work: one item for each, in the table that all
 * of them share. A Region of which nothing was ever said does.
 */
export interface RegionState {
  /** It is lost, or about to be worked on: the others take over what it has not finished. */
  readonly out: boolean;
  /** When that was said, ISO 8601. */
  readonly at: string;
  /** Who said it: an operator's ARN. */
  readonly by: string;
}

/** The table as one Region sees it: what the others wrote arrives there about a second later. */
export interface Replica {
  readonly region: string;
  state(of: string): Promise<RegionState | undefined>;
  get(pictureId: string): Promise<Picture | undefined>;
}

/** The Region's own, in which it may also say something. */
export interface OwnReplica extends Replica {
  /** Answers false when somebody else has said something since `before`. */
  say(of: string, state: RegionState, before: RegionState | undefined): Promise<boolean>;
}

export type States = ReadonlyMap<string, RegionState | undefined>;

export async function statesOf(replica: Replica, regions: readonly string[]): Promise<States> {
  return new Map(await Promise.all(regions.map(async (region) => [region, await replica.state(region)] as const)));
}

/** The one Region that takes over from those that are out: of two that did so at once, one would work for nothing. */
export const heirAmong = (regions: readonly string[], states: States): string | undefined =>
  regions.find((region) => !states.get(region)?.out);
