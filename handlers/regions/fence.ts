import type { Log } from "../ports.ts";
import type { Picture } from "../record.ts";
import { type RegionState, type Replica, statesOf } from "./state.ts";

export interface FenceDeps {
  readonly here: Replica;
  /** The other Regions' replicas; none where there is one Region. */
  readonly peers: readonly Replica[];
  readonly now: () => Date;
  readonly log: Log;
}

/**
 * Whether a picture is this Region's to work on: not when another Region has taken it over, and not
 * while this Region is out, or may have been cut off from the others. @throws the peers' error where they alone can tell, and do not answer
 */
export type Fence = (picture: Pick<Picture, "pictureId" | "homeRegion" | "changedAt">) => Promise<boolean>;

/** What this Region knows of itself. */
type Known = RegionState | "cut off";

/**
 * How long an answer holds. Whoever takes over waits for longer than this and the longest actor
 * together (`TURNS.adopt`), so that by then nobody here is still at it.
 */
const holdsMs = 30_000;

/**
 * A Region that was cut off cannot know it from its own replica: that one stands still as well. So it
 * asks the others, too. One that does not answer counts for nothing: where a Region is lost, those
 * that are left go on. But of three or more, those that reach no more than half of all may not
 * be the ones that are left, and rest; of two, neither can tell.
 */
export function createFence({ here, peers, now, log }: FenceDeps): Fence {
  let known: { readonly state: Promise<Known | undefined>; readonly until: number } | undefined;

  async function ask(): Promise<Known | undefined> {
    const silent: string[] = [];
    const said = await Promise.all([
      here.state(here.region),
      ...peers.map((peer) =>
        peer.state(here.region).catch((error: unknown) => {
          log("peer silent", { peer: peer.region, error: String(error) });
          silent.push(peer.region);
          return undefined;
        }),
      ),
    ]);
    if (await isMinority(silent)) {
      log("cut off", { silent });
      return "cut off";
    }
    return said.reduce<RegionState | undefined>(
      (last, state) => (state !== undefined && state.at > (last?.at ?? "") ? state : last),
      undefined,
    );
  }

  /** Those that are out by what is known here are not waited for, so that an operator can have the last one go on. */
  async function isMinority(silent: readonly string[]): Promise<boolean> {
    if (peers.length < 2 || silent.length === 0) return false;
    const states = await statesOf(here, silent);
    const missed = silent.filter((region) => !states.get(region)?.out).length;
    const counted = peers.length + 1 - (silent.length - missed);
    return counted > 2 && 2 * missed >= counted;
  }

  function own(): Promise<Known | undefined> {
    const time = now().getTime();
    if (known === undefined || time >= known.until) {
      known = { state: ask(), until: time + holdsMs };
      // What went wrong is asked again by whoever comes next.
      known.state.catch(() => {
        known = undefined;
      });
    }
    return known.state;
  }

  /** What stood still while this Region was out may look here as it did before somebody took it over. */
  async function isTaken(pictureId: string): Promise<boolean> {
    const elsewhere = await Promise.all(peers.map((peer) => peer.get(pictureId)));
    return elsewhere.some((found) => found !== undefined && found.homeRegion !== here.region);
  }

  return async ({ pictureId, homeRegion, changedAt }) => {
    if (homeRegion !== here.region) return false;
    if (peers.length === 0) return true;
    const state = await own();
    if (state === undefined) return true;
    if (state === "cut off" || state.out) return false;
    return changedAt >= state.at || !(await isTaken(pictureId));
  };
}
