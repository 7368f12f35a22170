import { placeIn } from "./bad-place.ts";
import type { Call, DeadLetters, Letter } from "./dead-letters.ts";
import type { DeadAnnouncements, DeadQueue } from "./dead-queue.ts";
import { endedBy, isMoving, movingStatuses, stillAfterMs } from "./moving.ts";
import type { Catalog, Sweep } from "./ports.ts";
import type { Picture } from "./record.ts";
import { mayBeDue, remindAgain, type TryAgainDeps, tryAgain, wasTooExpensive } from "./try-again.ts";

export interface RedriveDeps extends TryAgainDeps {
  readonly catalog: Pick<Catalog, "get" | "touch" | "forgive" | "move" | "remove">;
  readonly letters: DeadLetters;
  readonly queues: readonly DeadQueue[];
  readonly unheard: readonly DeadAnnouncements[];
  readonly sweep: Sweep;
  /** Has a function called with an event once more, later. */
  readonly callAgain: (call: Call) => Promise<void>;
}

/** What to put back on its way; all of what is said must fit. */
export interface Wanted {
  /** Such as `resize`. */
  readonly actor?: string;
  /** `RETRIES_SPENT`, `TOO_OLD`, `STOOD_STILL`, or `TOO_EXPENSIVE`, which is only meant where it is named. */
  readonly reason?: string;
  readonly pictureId?: string;
  /** Do it, rather than say what would be done. */
  readonly really: boolean;
  /** Of the part before. */
  readonly next?: string;
}

/** One thing that was lost, and what becomes of it. */
export interface Redriven {
  readonly actor: string;
  readonly reason: string;
  readonly pictureId?: string;
  /** `woken` its actor; `queued` again; `moved-on` by itself or gone, `dropped` as the next schedule makes up for it. */
  readonly outcome: "woken" | "queued" | "moved-on" | "dropped";
}

const lettersAtOnce = 50;
const daysBack = 31;
/** Requests of one part to the index: each may read a megabyte to find nothing. */
const mostStretches = 40;

/**
 * Puts back on its way what was given up: the letters in the dead-letters bucket, then the messages
 * of the dead-letter queues, then the pictures that stand still without either. A part at a time,
 * each of which may be done twice: a letter goes only after its picture was woken.
 *
 * @throws BadPlace for a `next` that no answer before had
 */
export const createRedrive =
  (deps: RedriveDeps) =>
  async (wanted: Wanted): Promise<{ readonly found: readonly Redriven[]; readonly next?: string }> => {
    const { part, from }: Next = wanted.next === undefined ? { part: "letters" } : placeIn(wanted.next, isNext);
    if (part === "letters") {
      const { letters, next } = await deps.letters.page({ after: from, limit: lettersAtOnce });
      const { remove } = deps.letters;
      const found = await Promise.all(
        letters.map(async (letter) => {
          const { found, isDone } = await redriveLetter(letter, wanted, deps);
          if (isDone) await remove(letter.key);
          return found;
        }),
      );
      return { found: found.flat(), next: nextOf(next === undefined ? { part: "queues" } : { part, from: next }) };
    }
    if (part === "queues") {
      const found = await Promise.all([
        ...deps.queues.map((queue) => redriveQueue(queue, wanted)),
        ...deps.unheard.map((queue) => redriveAnnounced(queue, wanted, deps)),
      ]);
      return { found: found.flat(), next: nextOf({ part: "records" }) };
    }
    return redriveRecords(from, wanted, deps);
  };

interface Next {
  readonly part: "letters" | "queues" | "records";
  readonly from?: string;
}

const parts: readonly unknown[] = ["letters", "queues", "records"] satisfies readonly Next["part"][];
/** S3's keys have no more bytes. */
const longestKey = 1024;

function isNext(value: unknown): value is Next {
  const { part, from } = Object(value) as { readonly [K in keyof Next]: unknown };
  const isFrom = typeof from === "string" && from.isWellFormed() && Buffer.byteLength(from) <= longestKey;
  return parts.includes(part) && (from === undefined || isFrom);
}

const nextOf = (next: Next) => JSON.stringify(next);

const fits = (wanted: Wanted, found: Omit<Redriven, "outcome">) =>
  (wanted.actor ?? found.actor) === found.actor &&
  (wanted.reason ?? found.reason) === found.reason &&
  (wanted.pictureId ?? found.pictureId) === found.pictureId;

/** `isDone` says that nothing is left to do about the letter. */
async function redriveLetter(letter: Letter, wanted: Wanted, deps: RedriveDeps) {
  const { actor, reason, pictures, at, call } = letter;
  const { really } = wanted;
  if (call !== undefined) return redriveCall(letter, call, wanted, deps);
  if (pictures.length === 0) {
    const found = { actor, reason };
    if (!fits(wanted, found)) return { found: [], isDone: false };
    return { found: [{ ...found, outcome: "dropped" } as const], isDone: really };
  }
  const mine = pictures.filter(({ pictureId }) => fits(wanted, { actor, reason, pictureId }));
  const found: Redriven[] = [];
  for (const { pictureId, status } of mine) {
    const picture = await deps.catalog.get(pictureId);
    const again = picture && wayOn(picture, { status, at }, deps);
    const woken = again !== undefined && (!really || (await again()));
    found.push({ actor, reason, pictureId, outcome: woken ? "woken" : "moved-on" });
  }
  return { found, isDone: really && mine.length === pictures.length };
}

/** Of an actor of the stack's own, which is given the very change again: where its picture has come to since is no matter. */
async function redriveCall(
  { actor, reason, pictures: [about] }: Letter,
  call: Call,
  wanted: Wanted,
  deps: RedriveDeps,
) {
  const said = { actor, reason, pictureId: about?.pictureId };
  if (!fits(wanted, said)) return { found: [], isDone: false };
  const picture = about && (await deps.catalog.get(about.pictureId));
  const isThere = picture !== undefined && picture.status !== "forgetting" && picture.status !== "forgotten";
  if (isThere && wanted.really) await deps.callAgain(call);
  return { found: [{ ...said, outcome: isThere ? "woken" : "moved-on" } as const], isDone: wanted.really };
}

/** How to wake who gave it up; undefined where nothing waits for that. */
function wayOn(
  picture: Picture,
  { status, at }: Pick<Letter, "at"> & Pick<Letter["pictures"][number], "status">,
  deps: RedriveDeps,
): (() => Promise<boolean>) | undefined {
  if (status === "reminded") return mayBeDue(picture) ? () => remindAgain(picture, deps) : undefined;
  // What has changed since has its letter of a later day, or needs none.
  return picture.status === status && picture.changedAt <= at ? () => tryAgain(picture, deps) : undefined;
}

async function redriveQueue(queue: DeadQueue, wanted: Wanted): Promise<Redriven[]> {
  const { actor } = queue;
  const reason = "RETRIES_SPENT";
  const done = await queue.each((pictureId) => fits(wanted, { actor, reason, pictureId }), wanted.really);
  return done.map((pictureId) => ({ actor, reason, pictureId, outcome: "queued" }));
}

/** One after the other: two of one picture must not wake it twice. */
async function redriveAnnounced(queue: DeadAnnouncements, wanted: Wanted, deps: RedriveDeps): Promise<Redriven[]> {
  const all: Redriven[] = [];
  await queue.each(async (letter) => {
    const { found, isDone } = await redriveLetter(letter, wanted, deps);
    all.push(...found);
    return isDone;
  });
  return all;
}

async function redriveRecords(from: string | undefined, wanted: Wanted, deps: RedriveDeps) {
  const found: Redriven[] = [];
  let next = from;
  if (wanted.pictureId !== undefined) {
    const picture = await deps.catalog.get(wanted.pictureId);
    if (picture) found.push(...(await redriveRecord(picture, wanted, deps)));
    return { found };
  }
  const now = deps.now().getTime();
  for (let left = mostStretches; left > 0; left--) {
    const page = await deps.sweep({
      statuses: wanted.reason === "TOO_EXPENSIVE" ? ["rejected"] : movingStatuses,
      enteredSince: new Date(now - daysBack * 24 * 3600_000).toISOString(),
      changedBefore: new Date(wanted.reason === "TOO_EXPENSIVE" ? now : now - stillAfterMs).toISOString(),
      next,
    });
    for (const picture of page.pictures) found.push(...(await redriveRecord(picture, wanted, deps)));
    next = page.next;
    if (next === undefined) return { found };
    if (found.length >= lettersAtOnce) break;
  }
  return { found, next: nextOf({ part: "records", from: next }) };
}

async function redriveRecord(picture: Picture, wanted: Wanted, deps: RedriveDeps): Promise<Redriven[]> {
  const { pictureId } = picture;
  const isStill = isMoving(picture) && deps.now().getTime() - Date.parse(picture.changedAt) > stillAfterMs;
  const lost = isStill
    ? { actor: endedBy[picture.status], reason: "STOOD_STILL", pictureId }
    : wasTooExpensive(picture)
      ? { actor: lastActorOf(picture), reason: "TOO_EXPENSIVE", pictureId }
      : undefined;
  if (lost === undefined || !fits(wanted, lost)) return [];
  const again = !wanted.really || (await tryAgain(picture, deps));
  return [{ ...lost, outcome: again ? "woken" : "moved-on" }];
}

const lastActorOf = ({ timings }: Picture): string =>
  Object.entries(timings)
    .sort(([, a], [, b]) => (a.endedAt < b.endedAt ? -1 : 1))
    .at(-1)?.[0] ?? "ingest";
