import { createHash } from "node:crypto";
import type { LimitOptions } from "../options.ts";
import { contentClaim } from "./content-claim.ts";
import { cleanUpAfter } from "./forgetting.ts";
import { checkKey } from "./keys.ts";
import { originalKey, refusedKey } from "./object-keys.ts";
import { type Origin, originOf } from "./origin.ts";
import { pictureIdOf } from "./picture-id.ts";
import { inspect } from "./pixels/inspect.ts";
import { tooLarge } from "./pixels/reasons.ts";
import { sniff } from "./pixels/sniff.ts";
import type { Catalog, ObjectInfo, ObjectStore } from "./ports.ts";
import type { Picture, PictureIn, Reason, Seen } from "./record.ts";
import { mostDeaths, type StepDeps, tooExpensive } from "./step.ts";

export interface IngestDeps extends StepDeps {
  readonly incoming: ObjectStore;
  readonly working: ObjectStore;
  readonly quarantine: ObjectStore;
  readonly limits: LimitOptions;
}

/** Wakes on an object in the incoming bucket; leaves a record: received, duplicate or rejected. */
export const createIngest =
  (deps: IngestDeps) =>
  async (key: string): Promise<void> => {
    const { catalog, incoming, working, limits, log, now } = deps;
    const startedAt = now();
    const info = await incoming.head(key);
    if (info === undefined) return log("gone", { actor: "ingest", key });

    const origin = originOf(key, info);
    const pictureId = pictureIdOf(origin.source, origin.sourceId, origin.revision);
    const known = await catalog.get(pictureId);
    if (known) {
      // Another delivery may have died over its own copy.
      if (known.status === "duplicate") await working.remove(originalKey(pictureId, known.contentHash, known.format));
      await cleanUpAfter(deps, "ingest", known, origin);
      return log("known", { actor: "ingest", pictureId });
    }

    const attempts = await catalog.attempt(pictureId, "ingest");
    try {
      const refusal =
        checkKey(key) ?? tooLarge(info.bytes, limits) ?? (attempts.open > mostDeaths ? tooExpensive : undefined);
      const verdict = refusal
        ? await setAside(deps, pictureId, key, info, refusal)
        : await take(deps, pictureId, key, info, origin);

      const endedAt = now();
      const ms = endedAt.getTime() - startedAt.getTime();
      const added = await catalog.add({
        ...deps.place,
        ...origin,
        pictureId,
        enteredAt: startedAt.toISOString(),
        changedAt: endedAt.toISOString(),
        homeRegion: deps.place.region,
        bytes: info.bytes,
        timings: { ingest: { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), ms } },
        attempts: { ingest: attempts.count },
        ...verdict,
      } as Picture);
      if (!added) await giveWay(deps, pictureId, verdict, origin);
      else if (refusal === tooExpensive) await giveBack(deps, pictureId, key, origin);
      const reason = verdict.status === "rejected" ? verdict.reason.code : undefined;
      // Counted from these lines: another delivery that was faster has said it already.
      log(added ? verdict.status : "known", { actor: "ingest", pictureId, ms, reason });
    } catch (error) {
      await catalog.settle(pictureId, "ingest");
      throw error;
    }
  };

type Verdict =
  | ({ readonly status: "received" } & Seen)
  | ({ readonly status: "duplicate"; readonly duplicateOf: string } & Seen)
  | (Pick<PictureIn<"rejected">, "status" | "reason" | "quarantined"> & Partial<Pick<Seen, "width" | "height">>);

async function take(
  deps: IngestDeps,
  pictureId: string,
  key: string,
  info: ObjectInfo,
  origin: Origin,
): Promise<Verdict> {
  const bytes = await deps.incoming.read(key, deps.limits.maxBytes);
  if (bytes === undefined) throw changed(key);
  const inspection = await inspect(bytes, deps.limits);
  if (inspection.verdict === "reject") return setAside(deps, pictureId, key, info, inspection.reason, inspection);

  const { seen } = inspection;
  const original = originalKey(pictureId, seen.contentHash, seen.format);
  const copied = await deps.working.copy({ bucket: deps.incoming.bucket, key, etag: info.etag }, original);
  if (!copied) throw changed(key);
  // Claimed only once the bytes are safe: a claim without a picture would make every later copy a duplicate of nothing.
  const owner = await claim(deps.catalog, contentClaim(origin, seen.contentHash), pictureId);
  if (owner === pictureId) return { ...seen, original, status: "received" };
  await deps.working.remove(original);
  return {
    ...seen,
    original: originalKey(owner, seen.contentHash, seen.format),
    status: "duplicate",
    duplicateOf: owner,
  };
}

/** Whose the bytes are. A picture that was forgotten has no claim, though its release may still be to come. */
async function claim(catalog: Catalog, content: string, pictureId: string): Promise<string> {
  const owner = await catalog.claim(content, pictureId);
  if (owner === pictureId) return owner;
  const status = (await catalog.get(owner))?.status;
  if (status !== "forgetting" && status !== "forgotten") return owner;
  await catalog.release(content, owner);
  return catalog.claim(content, pictureId);
}

/** Another delivery of the key was first. Where it saw other bytes, or took them for another's, nothing stays of these. */
async function giveWay(deps: IngestDeps, pictureId: string, verdict: Verdict, origin: Origin): Promise<void> {
  const { catalog, working } = deps;
  const found = await catalog.get(pictureId);
  const isOurs =
    found?.status !== "duplicate" && verdict.status === "received" && hashOf(found) === verdict.contentHash;
  if (verdict.status === "received" && !isOurs) {
    await catalog.release(contentClaim(origin, verdict.contentHash), pictureId);
    await working.remove(verdict.original);
  }
  await cleanUpAfter(deps, "ingest", found, origin);
}

/**
 * Of a picture that was given up: what those who died over it took before. Only once that is on record, as another
 * delivery could still come to its end until then.
 */
async function giveBack(
  { catalog, incoming, working, limits }: IngestDeps,
  pictureId: string,
  key: string,
  origin: Origin,
) {
  const bytes = (await incoming.read(key, limits.maxBytes)) ?? Buffer.alloc(0);
  const found = sniff(bytes);
  if ("refused" in found) return;
  const contentHash = createHash("sha256").update(bytes).digest("hex");
  await catalog.release(contentClaim(origin, contentHash), pictureId);
  await working.remove(originalKey(pictureId, contentHash, found.type));
}

const hashOf = (picture: Picture | undefined) =>
  picture && "contentHash" in picture ? picture.contentHash : undefined;

/** Keeps the bytes for inspection, out of everybody's way. */
async function setAside(
  { quarantine, incoming }: IngestDeps,
  pictureId: string,
  key: string,
  { etag }: ObjectInfo,
  reason: Reason,
  { width, height }: { readonly width?: number; readonly height?: number } = {},
): Promise<Verdict> {
  const quarantined = refusedKey(pictureId);
  if (!(await quarantine.copy({ bucket: incoming.bucket, key, etag }, quarantined))) throw changed(key);
  return { status: "rejected", reason, quarantined, width, height };
}

const changed = (key: string) =>
  new Error(
    `CHANGED: ${JSON.stringify(key)} was replaced or removed while it was read; the next delivery sees it as it is then.`,
  );
