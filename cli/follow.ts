import { setTimeout as wait } from "node:timers/promises";
import type { Picture, Reason, Status } from "../handlers/record.ts";
import { type ApiClient, passing } from "./api-client.ts";
import { CliError } from "./output.ts";

/** A picture on its way; its fields are filled in as it goes. */
export interface Followed {
  /** The record's, and what it was called before it had one. */
  status: Status | "waiting" | "uploaded" | "failed";
  reason?: Reason;
  pictureId?: string;
  /** Between `startedAt`, a moment of performance.now, and when its status was seen. */
  ms: number;
  startedAt: number;
}

export interface FollowDeps {
  readonly api: ApiClient;
  /** Longest wait in which nothing moves, in seconds. */
  readonly timeout: number;
  /** Statuses that are waited for. */
  readonly until: ReadonlySet<Followed["status"]>;
  readonly say: () => void;
}

/** Statuses from which a picture moves no further by itself. */
export const ends: FollowDeps["until"] = new Set(["published", "rejected", "duplicate", "review", "forgotten"]);

/** Notes the status of each picture that has an id until all have come to their end. A host that is away for a while is waited for. */
export async function follow(pictures: readonly Followed[], { api, timeout, until, say }: FollowDeps): Promise<void> {
  const waiting = new Map(pictures.flatMap((picture) => (picture.pictureId ? [[picture.pictureId, picture]] : [])));
  let movedAt = performance.now();
  let trouble: CliError | undefined;
  while (waiting.size > 0) {
    const turn = [...waiting.keys().take(aRound)];
    // Behind the others, for the next time.
    for (const id of turn) {
      const picture = waiting.get(id)!;
      waiting.delete(id);
      waiting.set(id, picture);
    }
    for (const ids of inGroups(turn, 50)) {
      const records = await api.pictures(ids).catch((error: unknown) => {
        if (!(error instanceof CliError)) throw error;
        trouble = error;
      });
      if (records === undefined) break;
      trouble = undefined;
      for (const record of records) {
        const picture = waiting.get(record.pictureId);
        if (picture === undefined || picture.status === record.status) continue;
        movedAt = performance.now();
        note(picture, record);
        if (until.has(record.status)) waiting.delete(record.pictureId);
      }
    }
    say();
    const isHopeless = trouble !== undefined && !passing.has(trouble.code);
    if (isHopeless || performance.now() - movedAt > timeout * 1000) {
      for (const picture of waiting.values()) picture.reason = stuck(timeout, trouble);
      return;
    }
    if (waiting.size > 0) await wait(400);
  }
}

/** Looked at between two pauses: asking for more keeps the host from its work, the longer the more there are. */
const aRound = 200;

function note(picture: Followed, record: Picture): void {
  picture.status = record.status satisfies Status;
  picture.ms = Math.round(performance.now() - picture.startedAt);
  if ("reason" in record) picture.reason = record.reason;
}

const stuck = (timeout: number, trouble?: CliError) =>
  trouble
    ? { code: trouble.code, sentence: trouble.message }
    : {
        code: "NO_PROGRESS",
        sentence: `Expected this picture to come to its end, but nothing moved for ${timeout} s. See "darkroom status", and the host's own words.`,
      };

function* inGroups<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
