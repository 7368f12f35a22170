import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { originalKey } from "../../handlers/object-keys.ts";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { start } from "../fixtures/memory-ingest.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(40, 30).jpeg().toBuffer();
const other = await quadrants(30, 40).jpeg().toBuffer();

describe("a file that is replaced while it is looked at", () => {
  /** Lets something happen to the object right after it was read. */
  const whenRead = (world: ReturnType<typeof start>, happens: () => void) => ({
    ...world.incoming,
    read: async (key: string, maxBytes: number) => {
      const bytes = await world.incoming.read(key, maxBytes);
      happens();
      return bytes;
    },
  });

  it.each([
    ["a picture by another", jpeg, other, { status: "received", width: 30 }],
    ["a picture by rubbish", jpeg, Buffer.from("rubbish"), { status: "rejected", reason: { code: "NOT_AN_IMAGE" } }],
    ["rubbish by a picture", Buffer.from("rubbish"), jpeg, { status: "received", width: 40 }],
  ])("%s: is left to the next delivery, which sees it as it is", async (_, before, after, outcome) => {
    const world = start();
    world.incoming.put("drop/a.jpg", before);
    const replaced = world.run({ incoming: whenRead(world, () => world.incoming.put("drop/a.jpg", after)) });
    await expect(replaced("drop/a.jpg")).rejects.toThrow(/^CHANGED: "drop\/a.jpg"/);
    expect(world.catalog.records.size).toBe(0);
    expect(world.working.objects.size + world.quarantine.objects.size).toBe(0);
    await world.ingest("drop/a.jpg");
    expect(world.record()).toMatchObject({ ...outcome, bytes: after.length });
    const held = [...world.working.objects.values(), ...world.quarantine.objects.values()];
    expect(held.map(({ bytes }) => bytes)).toEqual([after]);
  });

  it("leaves the bytes it had first to whoever brings them next", async () => {
    const world = start();
    world.incoming.put("drop/a.jpg", jpeg);
    const replaced = world.run({ incoming: whenRead(world, () => world.incoming.put("drop/a.jpg", other)) });
    await expect(replaced("drop/a.jpg")).rejects.toThrow("CHANGED");
    await world.ingest("drop/a.jpg");
    world.incoming.put("drop/b.jpg", jpeg);
    await world.ingest("drop/b.jpg");
    expect([...world.catalog.records.values()]).toMatchObject([
      { status: "received", width: 30 },
      { status: "received", width: 40 },
    ]);
  });

  it("is the bytes of the delivery that is first, and of the others nothing stays", async () => {
    const world = start();
    const key = "uploads/1";
    world.incoming.put(key, jpeg);
    let isFirst = true;
    const claim: typeof world.catalog.claim = async (hash, pictureId) => {
      const owner = await world.catalog.claim(hash, pictureId);
      if (isFirst) {
        isFirst = false;
        world.incoming.put(key, other);
        await world.ingest(key);
      }
      return owner;
    };
    await world.run({ catalog: { ...world.catalog, claim } })(key);
    expect(world.record()).toMatchObject({ status: "received", width: 30 });
    expect([...world.working.objects.values()].map(({ bytes }) => bytes)).toEqual([other]);
    // What was not taken is no earlier picture of anybody's.
    world.incoming.put("uploads/2", jpeg);
    await world.ingest("uploads/2");
    expect([...world.catalog.records.values()][1]).toMatchObject({ status: "received", width: 40 });
  });

  it("or removed: is gone at the next delivery", async () => {
    for (const when of ["before", "after"]) {
      const world = start();
      world.incoming.put("drop/a.jpg", jpeg);
      const remove = () => void world.incoming.objects.delete("drop/a.jpg");
      const removed =
        when === "after"
          ? whenRead(world, remove)
          : {
              ...world.incoming,
              read: async (key: string, maxBytes: number) => {
                remove();
                return world.incoming.read(key, maxBytes);
              },
            };
      await expect(world.run({ incoming: removed })("drop/a.jpg")).rejects.toThrow("CHANGED");
      await world.ingest("drop/a.jpg");
      expect(world.lines.map(({ outcome }) => outcome)).toEqual(["gone"]);
    }
  });
});

describe("a signed upload that is sent twice, the second while the first is on its way", () => {
  it.each([false, true])("keeps the bytes its record speaks of (the second are known already: %s)", async (known) => {
    const world = start();
    if (known) {
      world.incoming.put("uploads/0", other);
      await world.ingest("uploads/0");
    }
    world.incoming.put("uploads/1", jpeg);
    const reading = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slowly = {
      ...world.incoming,
      async read(key: string, maxBytes: number) {
        reading.resolve();
        await goOn.promise;
        return world.incoming.read(key, maxBytes);
      },
    };
    let second: Promise<void> | undefined;
    const overtaken = {
      ...world.catalog,
      async add(picture: Picture) {
        world.incoming.put("uploads/1", other);
        second = world.run({ incoming: slowly })("uploads/1");
        await reading.promise;
        return world.catalog.add(picture);
      },
    };
    await world.run({ catalog: overtaken })("uploads/1");
    // The first may be accepted by now: what is published must be what was looked at.
    goOn.resolve();
    await second;
    const { contentHash, original } = world.catalog.records.get(world.uploadId("uploads/1")) as PictureIn<"received">;
    const held = world.working.objects.get(original)?.bytes ?? Buffer.alloc(0);
    expect(createHash("sha256").update(held).digest("hex")).toBe(contentHash);
  });
});

describe("a picture that kills the process", () => {
  it("is given up at the fifth attempt, unread until that is on record, and set aside", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    for (let death = 1; death <= 4; death++) await world.catalog.attempt(world.uploadId("uploads/1"), "ingest");
    const unread = {
      ...world.incoming,
      read: async () => {
        expect(world.record().status).toBe("rejected");
        return undefined;
      },
    };
    await world.run({ incoming: unread })("uploads/1");
    expect(world.record()).toMatchObject({
      status: "rejected",
      reason: { code: "TOO_EXPENSIVE" },
      attempts: { ingest: 5 },
      quarantined: `refused/${world.uploadId("uploads/1")}`,
    });
    expect([...world.quarantine.objects.values()].map(({ bytes }) => bytes)).toEqual([jpeg]);
  });

  it("leaves nothing that it took before it died: the next who sends the same has it taken for new", async () => {
    const world = start();
    for (const key of ["uploads/1", "uploads/2"]) world.incoming.put(key, jpeg);
    const forEver = () => new Promise<never>(() => {});
    for (let death = 1; death <= 4; death++) {
      const reached = Promise.withResolvers<void>();
      const add = () => {
        reached.resolve();
        return forEver();
      };
      void world.run({ catalog: { ...world.catalog, add } })("uploads/1");
      await reached.promise;
    }
    expect([world.catalog.owners.size, world.working.objects.size]).toEqual([1, 1]);
    await world.ingest("uploads/1");
    expect(world.record().status).toBe("rejected");
    expect([world.catalog.owners.size, world.working.objects.size]).toEqual([0, 0]);
    await world.ingest("uploads/2");
    expect(world.catalog.records.get(world.uploadId("uploads/2"))?.status).toBe("received");
  });

  it("is tried four times", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    for (let death = 1; death <= 3; death++) await world.catalog.attempt(world.uploadId("uploads/1"), "ingest");
    await world.ingest("uploads/1");
    expect(world.record()).toMatchObject({ status: "received", attempts: { ingest: 4 } });
  });

  it("is counted before a byte of it is read", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    const counted: unknown[] = [];
    const watched = {
      ...world.incoming,
      read: async (key: string, maxBytes: number) => {
        counted.push(...world.catalog.attempts.values());
        return world.incoming.read(key, maxBytes);
      },
    };
    await world.run({ incoming: watched })("uploads/1");
    expect(counted).toEqual([{ count: 1, open: 1 }]);
  });

  it.each(["incoming.read", "catalog.claim", "working.copy", "catalog.add"])(
    "is not what a failing %s is taken for",
    async (call) => {
      const world = start();
      world.incoming.put("uploads/1", jpeg);
      const [port, method] = call.split(".") as ["incoming" | "working" | "catalog", string];
      const failure = new Error("throttled");
      const failing = { ...world[port], [method]: () => Promise.reject(failure) };
      for (let time = 1; time <= 6; time++)
        await expect(world.run({ [port]: failing })("uploads/1")).rejects.toBe(failure);
      await world.ingest("uploads/1");
      expect(world.record()).toMatchObject({ status: "received", attempts: { ingest: 7 } });
    },
  );
});

describe("a duplicate that is delivered twice at once", () => {
  async function prepare() {
    const world = start();
    for (const key of ["uploads/1", "uploads/2"]) world.incoming.put(key, jpeg);
    await world.ingest("uploads/1");
    return { ...world, id: world.uploadId("uploads/2"), originals: () => [...world.working.objects.keys()] };
  }

  it("leaves no original when one dies over its copy, once it is delivered again", async () => {
    const { ingest, catalog, working, id, originals } = await prepare();
    await ingest("uploads/2");
    const { contentHash, status } = catalog.records.get(id) as PictureIn<"duplicate">;
    expect(status).toBe("duplicate");
    working.put(originalKey(id, contentHash, "jpeg"), jpeg);
    await ingest("uploads/2");
    expect(originals()).toHaveLength(1);
  });

  it("leaves neither original nor claim when one took it for new and came late", async () => {
    const { run, catalog, id, uploadId, originals } = await prepare();
    const [content] = [...catalog.owners.keys()] as [string];
    await catalog.release(content, uploadId("uploads/1"));
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const add: typeof catalog.add = async (picture) => {
      reached.resolve();
      await goOn.promise;
      return catalog.add(picture);
    };
    const late = run({ catalog: { ...catalog, add } })("uploads/2");
    await reached.promise;
    expect(catalog.owners.get(content)).toBe(id);
    await run({ catalog: { ...catalog, claim: async () => uploadId("uploads/1") } })("uploads/2");
    goOn.resolve();
    await late;
    expect(catalog.records.get(id)?.status).toBe("duplicate");
    expect(catalog.owners.size).toBe(0);
    expect(originals()).toHaveLength(1);
  });
});
