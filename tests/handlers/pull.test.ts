import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createFetch } from "../../handlers/fetch.ts";
import { createIngest } from "../../handlers/ingest.ts";
import { createPull } from "../../handlers/pull.ts";
import { sentences } from "../../handlers/standing.ts";
import { limitOptions } from "../../options.ts";
import { type FileVersion, SourceError, type SourceErrorCode } from "../../providers/sources/types.ts";
import { pulling } from "../fixtures/memory-source.ts";
import { makePhoto } from "../fixtures/photos.ts";

const plenty = () => 300_000;
const bytes = Buffer.from("bytes");

describe("a look at a source", () => {
  it("queues what is new, page by page, and next time only what came since", async () => {
    const { source, deps, ids, ledger } = pulling();
    for (const id of ["a", "b", "c", "d"]) source.put(id, bytes);
    const look = createPull(deps);
    await look(plenty);
    source.put("e", bytes);
    await look(plenty);
    expect(ids()).toEqual(["a", "b", "c", "d", "e"]);
    expect(ledger.ticks).toMatchObject([
      { pages: 2, queued: 4 },
      { pages: 1, queued: 1 },
    ]);
  });

  it("keeps a page's cursor only once its files are queued", async () => {
    const { source, deps, ids, ledger } = pulling();
    for (const id of ["a", "b", "c", "d"]) source.put(id, bytes);
    let calls = 0;
    const refusing = async (files: readonly FileVersion[]) => {
      if (++calls === 2) throw new Error("QUEUE_REFUSED");
      await deps.enqueue(files);
    };
    await expect(createPull({ ...deps, enqueue: refusing })(plenty)).rejects.toThrow("QUEUE_REFUSED");
    expect(ledger.cursor).toBe("3");
    await createPull(deps)(plenty);
    expect(ids()).toEqual(["a", "b", "c", "d"]);
  });

  it("stops before its time is up and goes on where it was: no folder is too large", async () => {
    const { source, deps, ids } = pulling();
    for (let n = 0; n < 10; n++) source.put(String(n), bytes);
    for (let looks = 0; looks < 5; looks++) {
      const before = ids().length;
      await createPull(deps)(() => (ids().length === before ? 300_000 : 1000));
    }
    expect(ids()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  it("gives way when another look moved the cursor meanwhile, losing nothing", async () => {
    const { source, deps, ids, ledger, lines } = pulling();
    for (const id of ["a", "b", "c", "d"]) source.put(id, bytes);
    let first = true;
    const overtaken = async (files: readonly FileVersion[]) => {
      await deps.enqueue(files);
      if (first) {
        first = false;
        await createPull(deps)(plenty);
      }
    };
    await createPull({ ...deps, enqueue: overtaken })(plenty);
    expect(lines.map(({ outcome }) => outcome)).toEqual(["pulled", "overtaken"]);
    expect(new Set(ids())).toEqual(new Set(["a", "b", "c", "d"]));
    expect(ledger.cursor).toBe("4");
  });

  it("counts what is skipped by its reason", async () => {
    const { source, deps, ledger, measured } = pulling();
    source.all.push(
      { kind: "skip", path: "notes.txt", reason: "not-an-image" },
      { kind: "skip", path: "b.txt", reason: "not-an-image" },
    );
    source.all.push({ kind: "skip", path: "empty.jpg", reason: "empty" });
    await createPull(deps)(plenty);
    expect(ledger.ticks).toMatchObject([{ queued: 0, skipped: { "not-an-image": 2, empty: 1 } }]);
    expect(measured).toMatchObject([{ SourceSkipped: 3 }]);
  });

  it("counts what was deleted at the source, and queues nothing for it", async () => {
    const { source, deps, ids, ledger } = pulling();
    source.all.push({ kind: "delete", path: "gone.jpg" });
    await createPull(deps)(plenty);
    expect(ledger.ticks).toMatchObject([{ queued: 0, deleted: 1 }]);
    expect(ids()).toEqual([]);
  });

  it("ends in words when the source is in trouble, with its cursor still good", async () => {
    const { source, deps, ids, ledger, measured } = pulling();
    source.put("a", bytes);
    const troubled = {
      ...source,
      changes: () => Promise.reject(new SourceError("studio", "AUTH", "re-authorise source studio")),
    };
    await createPull({ ...deps, source: troubled })(plenty);
    expect(measured).toEqual([{ SourceSkipped: 0, SourceFailingMinutes: 0, SourceNeedsPerson: 1 }]);
    expect(ledger.ticks[0]?.trouble).toEqual({ code: "AUTH", sentence: "[studio] AUTH: re-authorise source studio" });
    await createPull(deps)(plenty);
    expect(ids()).toEqual(["a"]);
  });

  it("measures for how long no look has ended well, and 0 once one has", async () => {
    const { source, deps, clock, measured } = pulling();
    const away = { ...source, changes: () => Promise.reject(new SourceError("studio", "UNAVAILABLE", "no answer")) };
    for (const minutes of [0, 30, 31]) {
      clock.now = new Date(clock.now.getTime() + minutes * 60_000);
      await createPull({ ...deps, source: away })(plenty);
    }
    await createPull(deps)(plenty);
    await createPull({ ...deps, source: away })(plenty);
    expect(measured.map(({ SourceFailingMinutes }) => SourceFailingMinutes)).toEqual([0, 30, 61, 0, 0]);
    expect(measured.map(({ SourceNeedsPerson }) => SourceNeedsPerson)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("a file of a source", () => {
  const fetching = (world: ReturnType<typeof pulling>, over: object = {}) =>
    createFetch({ ...world.deps, catalog: world.catalog, incoming: world.incoming, maxBytes: 1000, ...over });

  it("comes into the incoming bucket saying whence, and ingest makes the record of it that pull looks for", async () => {
    const world = pulling();
    const photo = await makePhoto({ width: 60, height: 40, seed: 1 });
    const file = world.source.put("Ünï 100%/🌈 photo.jpg", photo);
    const fetch = fetching(world, { maxBytes: 1e6 });
    await fetch(file);
    const [key] = [...world.incoming.objects.keys()];
    await createIngest({ ...world, limits: limitOptions.parse(undefined) })(key!);
    expect([...world.catalog.records.values()][0]).toMatchObject({
      source: "studio",
      sourceId: file.id,
      revision: file.version,
      name: "🌈 photo.jpg",
      status: "received",
    });
    await fetch(file);
    expect(world.lines.map(({ outcome }) => outcome)).toEqual(["taken", "received", "known"]);
    expect(world.measured).toEqual([{ SourceTaken: 1 }]);
  });

  it("with a very long id is one picture all the same", async () => {
    const world = pulling();
    const fetch = fetching(world, { maxBytes: 1e6 });
    await fetch(world.source.put(`${"ü".repeat(400)}.jpg`, await makePhoto({ width: 60, height: 40, seed: 1 })));
    const [key, { metadata }] = [...world.incoming.objects][0]!;
    expect(Object.entries(metadata).join().length).toBeLessThan(2000);
    await createIngest({ ...world, limits: limitOptions.parse(undefined) })(key);
    expect(key).toBe(`pulled/studio/${[...world.catalog.records.values()][0]!.pictureId}`);
  });

  it.each<SourceErrorCode>(["NOT_FOUND", "CHANGED", "ARCHIVED", "NOT_DOWNLOADABLE", "TOO_LARGE"])(
    "that is %s is left out, and counted",
    async (code) => {
      const world = pulling();
      const source = { ...world.source, read: () => Promise.reject(new SourceError("studio", code, "no")) };
      await fetching(world, { source })(world.source.put("a", bytes));
      expect(world.ledger.counts).toMatchObject({ taken: 0, failed: 1 });
      expect(world.measured).toEqual([{ SourceFailed: 1 }]);
      expect(world.incoming.objects.size).toBe(0);
    },
  );

  it.each<SourceErrorCode>(["RATE_LIMITED", "UNAVAILABLE", "INTEGRITY", "AUTH"])(
    "comes again when the source answers %s",
    async (code) => {
      const world = pulling();
      const source = { ...world.source, read: () => Promise.reject(new SourceError("studio", code, "no")) };
      await expect(fetching(world, { source })(world.source.put("a", bytes))).rejects.toMatchObject({ code });
      // Not given up yet, but whoever asks is told: without the file's name, which is not everybody's.
      expect(world.ledger.counts).toMatchObject({ failed: 0 });
      expect(world.ledger.failures).toEqual([{ code, sentence: sentences[code], at: "2026-11-23T12:00:00.000Z" }]);
      expect(world.measured).toEqual(code === "AUTH" ? [{ SourceNeedsPerson: 1 }] : []);
    },
  );

  it("whose stream breaks leaves nothing behind", async () => {
    const world = pulling();
    const broken = async () =>
      Readable.from(
        (async function* () {
          yield bytes;
          throw new SourceError("studio", "INTEGRITY", "the digest differs");
        })(),
      );
    await expect(
      fetching(world, { source: { ...world.source, read: broken } })(world.source.put("a", bytes)),
    ).rejects.toThrow("INTEGRITY");
    expect(world.incoming.objects.size).toBe(0);
  });
});
