import { uploadPrefix } from "./object-keys.ts";
import { originOf } from "./origin.ts";
import { pictureIdOf } from "./picture-id.ts";
import type { Catalog, ListedObject, ListObjects, ObjectStore } from "./ports.ts";
import { type Turns, turnOf } from "./turns.ts";

export interface ObjectsDeps {
  readonly catalog: Pick<Catalog, "get" | "did" | "once">;
  readonly incoming: Pick<ObjectStore, "head">;
  readonly list: ListObjects;
  /** Tells ingest of objects, as their own events did; returns once each is durably queued. */
  readonly announce: (keys: readonly string[]) => Promise<void>;
  readonly place: { readonly objects: Place<ObjectsPlace> };
  readonly turns: { readonly objects: Turns };
  readonly now: () => Date;
}

/** Where a look through something that is too long for one run was left. */
export interface Place<T> {
  load(): Promise<T | undefined>;
  save(place: T): Promise<void>;
}

/** Times are ISO 8601. */
export interface ObjectsPlace {
  /** The last key looked at; absent at the beginning of a look through all. */
  readonly after?: string;
  /** When this look through all began, and the last that came to its end. */
  readonly beganAt?: string;
  readonly wholeAt?: string;
}

/**
 * What had come this long before the last whole look began was seen in all its turns, and is not
 * asked about again. A large upload is as old as its beginning, which may lie a day back.
 */
const lookBackMs = 2 * 24 * 3600_000;
/** Kept free at the end of the function's time. */
const marginMs = 20_000;
/** Records asked for at once. */
const atOnce = 20;

interface Found {
  looked: number;
  /** Without a record, and told of again. */
  stranded: number;
  /** Without a record, though it was told of as often as is worth it. */
  stuck: number;
}

/**
 * Looks for objects that came in and have no record: their event was lost, or ingest could not be
 * had. Each is told of again in turns, so that neither a short outage nor a long one leaves it
 * behind, and one that can never be taken in does not come round for ever.
 */
export async function takeUpObjects(deps: ObjectsDeps, timeLeft: () => number): Promise<Found> {
  const { list, place, turns, now } = deps;
  const found: Found = { looked: 0, stranded: 0, stuck: 0 };
  let { after, beganAt = now().toISOString(), wholeAt } = (await place.objects.load()) ?? {};
  while (timeLeft() > marginMs) {
    const { objects, more } = await list({ after });
    const oldest = wholeAt === undefined ? 0 : Date.parse(wholeAt) - lookBackMs;
    const due = objects.filter(
      ({ writtenAt }) => writtenAt.getTime() >= oldest && turnOf(turns.objects, writtenAt, now()) !== undefined,
    );
    for (let at = 0; at < due.length; at += atOnce) await takeUp(deps, due.slice(at, at + atOnce), found);
    found.looked += due.length;
    after = objects.at(-1)?.key;
    if (!more || after === undefined) {
      wholeAt = beganAt;
      await place.objects.save({ wholeAt });
      break;
    }
    await place.objects.save({ after, beganAt, wholeAt });
  }
  return found;
}

async function takeUp(deps: ObjectsDeps, objects: readonly ListedObject[], found: Found): Promise<void> {
  const { catalog, announce, turns, now } = deps;
  const ids = await Promise.all(objects.map((object) => idWithoutRecord(object, deps)));
  const told: { readonly key: string; readonly pictureId: string; readonly effect: string }[] = [];
  for (const [index, { key, writtenAt }] of objects.entries()) {
    const pictureId = ids[index];
    if (pictureId === undefined) continue;
    const turn = turnOf(turns.objects, writtenAt, now());
    const effect = `taken-up:${turn}`;
    if (!(await catalog.did(pictureId, effect))) told.push({ key, pictureId, effect });
    else if (turn === turns.objects.length - 1) found.stuck += 1;
  }
  if (told.length === 0) return;
  await announce(told.map(({ key }) => key));
  // Said last: a death before it only has them told of twice in this turn.
  for (const { pictureId, effect } of told) await catalog.once(pictureId, effect);
  found.stranded += told.length;
}

/** The id of the picture that the object is, if it has no record. */
async function idWithoutRecord(
  { key, etag }: ListedObject,
  { catalog, incoming }: ObjectsDeps,
): Promise<string | undefined> {
  const likely = likelyIdOf(key, etag);
  if (await catalog.get(likely)) return undefined;
  if (key.startsWith(uploadPrefix)) return likely;
  // What anybody else put there may say in its metadata what it is.
  const info = await incoming.head(key);
  if (info === undefined) return undefined;
  const { source, sourceId, revision } = originOf(key, info);
  const pictureId = pictureIdOf(source, sourceId, revision);
  return pictureId === likely || !(await catalog.get(pictureId)) ? pictureId : undefined;
}

/** As ingest makes it, as far as the key tells. */
export function likelyIdOf(key: string, etag: string): string {
  if (key.startsWith(uploadPrefix)) return pictureIdOf("upload", key, "1");
  const pictureId = /^pulled\/[^/]+\/([^/]+)$/.exec(key)?.[1];
  return pictureId ?? pictureIdOf("bucket", key, etag);
}
