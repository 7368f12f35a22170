import { describe, expect, it } from "vitest";
import { readOriginal } from "../../handlers/original.ts";
import type { Archived } from "../../handlers/record.ts";
import { mostDeaths } from "../../handlers/step.ts";
import {
  archivedFirst,
  broughtBack,
  daysLater,
  idIn,
  letTimePass,
  originals,
  recordIn,
  wantedBack,
} from "../fixtures/archiving.ts";
import { jpeg, keysIn, worldAt } from "../fixtures/forgetting.ts";
import { chainOf, limits, moderatorSaying } from "../fixtures/memory-chain.ts";
import { keeping, type World } from "../fixtures/memory-ports.ts";
import { Crash } from "../fixtures/mortal-world.ts";

const outcomeOf = ({ lines }: World) => lines.at(-1)?.outcome;
const nude = moderatorSaying({ confidence: 90 });

describe("a published picture", () => {
  it("gives its original to the archive in the class that is wanted, however small it is, and stays published", async () => {
    const { world, picture } = await worldAt("publish");
    const { working } = originals(world);
    expect(jpeg.length).toBeLessThan(128 * 1024);
    await letTimePass(world, 29);
    expect(originals(world)).toEqual({ working, archived: [] });
    await letTimePass(world, 1);
    expect(originals(world)).toEqual({ working: [], archived: working });
    expect(world.archived.objects.get(working[0]!)).toMatchObject({ bytes: jpeg, storageClass: "DEEP_ARCHIVE" });
    const at = "2026-12-23T12:00:00.000Z";
    expect(recordIn(world)).toEqual({
      ...picture,
      changedAt: at,
      timings: { ...picture.timings, archive: { startedAt: at, endedAt: at, ms: 0 } },
      archive: { class: "DEEP_ARCHIVE", at, bucket: "archived", key: working[0], turn: 1 },
    });
    expect([...world.reminders.all]).toEqual([]);
  });

  it("keeps its original where the copy is another, or none", async () => {
    for (const spoil of ["other", "none"]) {
      const { world } = await worldAt("publish");
      const { working } = originals(world);
      const archived: World["archived"] = Object.assign(Object.create(world.archived), {
        async keep(_from: unknown, key: string) {
          if (spoil === "other")
            world.archived.objects.set(key, { bytes: Buffer.from("x"), etag: '"x"', contentType: "", metadata: {} });
          return true;
        },
      });
      await expect(letTimePass(world, 30, { ...world, archived })).rejects.toThrow(/^COPY_DIFFERS: /);
      expect(originals(world).working).toEqual(working);
      expect(recordIn(world).archive).toBeUndefined();
    }
  });

  it("does not lose an original that the record says is archived, while the archive has it not", async () => {
    const { world } = await worldAt("publish");
    const { working } = originals(world);
    const bytes = world.working.objects.get(working[0]!)!;
    await letTimePass(world, 30);
    world.working.objects.set(working[0]!, bytes);
    world.archived.objects.clear();
    await expect(chainOf(world).archive(idIn(world))).rejects.toThrow(/^COPY_DIFFERS: /);
    expect(originals(world).working).toEqual(working);
  });

  it("is left alone where the stack archives nothing", async () => {
    const { world } = await worldAt("publish");
    const never = { ...keeping, publishedDays: null };
    const { createArchive } = await import("../../handlers/archive.ts");
    daysLater(400)(world);
    await createArchive({ ...world, keeping: never, storageClass: "", arrivalClass: "" })(idIn(world));
    expect(originals(world).archived).toEqual([]);
    expect(outcomeOf(world)).toBe("stale");
  });

  it("is reminded of again when its time has been put off meanwhile", async () => {
    const { world } = await worldAt("publish");
    const { createArchive } = await import("../../handlers/archive.ts");
    daysLater(30)(world);
    const later = { ...keeping, publishedDays: 60 };
    for (const id of world.reminders.ranOut(world.clock.now))
      await createArchive({ ...world, keeping: later, storageClass: "GLACIER", arrivalClass: "GLACIER" })(id);
    expect(originals(world).archived).toEqual([]);
    expect([...world.reminders.all.values()]).toEqual([new Date("2027-01-22T12:00:00.000Z")]);
  });
});

describe("a reminder that runs out", () => {
  it("means nothing for a picture that is not at its end, is gone, or is being fetched", async () => {
    for (const until of ["ingest", "moderate", "resize", "compress"] as const) {
      const { world } = await worldAt(until);
      const before = keysIn(world);
      daysLater(400)(world);
      await chainOf(world).archive(idIn(world));
      await chainOf(world).archive("nobody");
      expect(keysIn(world)).toEqual(before);
      expect(outcomeOf(world)).toBe("stale");
    }
    const { world } = await worldAt("publish");
    await wantedBack(world);
    const before = recordIn(world);
    await chainOf(world).archive(idIn(world));
    expect(recordIn(world)).toEqual(before);
  });
});

describe("a refused picture", () => {
  it.each([
    ["by the moderator", "moderate"],
    ["by resize, which cannot read it", "resize"],
  ] as const)("%s loses its original after its days, and its record says so", async (_, by) => {
    const { world, chain } = await worldAt(by === "moderate" ? "moderate" : "moderate", {
      moderator: by === "moderate" ? nude : moderatorSaying(),
    });
    if (by === "resize") {
      world.working.put(originals(world).working[0]!, jpeg.subarray(0, jpeg.length / 2));
      await chain.resize(idIn(world));
    }
    expect(recordIn(world).status).toBe("rejected");
    await letTimePass(world, 89);
    expect(originals(world).working).toHaveLength(1);
    await letTimePass(world, 1);
    expect(originals(world)).toEqual({ working: [], archived: [] });
    expect(recordIn(world)).toMatchObject({ status: "rejected", deletedAt: world.now().toISOString() });
    expect([...world.reminders.all]).toEqual([]);
  });
});

describe("an original that somebody wants back", () => {
  it("is read by S3, copied back when it can be, and goes again after its days, without another copy", async () => {
    const { world } = await worldAt("publish");
    const { working } = originals(world);
    await wantedBack(world);
    const { restore } = chainOf(world);
    await restore.begin(idIn(world));
    expect([outcomeOf(world), originals(world).working]).toEqual(["restoring", []]);
    await restore.begin(idIn(world));
    expect(world.archived.thawed()).toEqual(working);
    daysLater(1)(world);
    await restore.finish(working[0]!);
    expect(world.working.objects.get(working[0]!)?.bytes).toEqual(jpeg);
    expect(originals(world).archived).toEqual(working);
    const { archive } = recordIn(world);
    const [at, until] = ["2026-12-24T12:00:00.000Z", "2026-12-31T12:00:00.000Z"];
    expect(archive).toMatchObject({ class: "DEEP_ARCHIVE", restored: { at, until } });
    expect(archive?.restoring).toBeUndefined();

    const keep = world.archived.keep;
    world.archived.keep = () => Promise.reject(new Error("It was there."));
    await letTimePass(world, 7);
    world.archived.keep = keep;
    expect(originals(world)).toEqual({ working: [], archived: working });
    expect(recordIn(world).archive?.restored).toBeUndefined();
    expect(recordIn(world).status).toBe("published");
  });

  it("comes at once out of GLACIER_IR, and where S3 has read it before", async () => {
    const { world } = await worldAt("publish");
    await wantedBack(world, "GLACIER_IR");
    await chainOf(world).restore.begin(idIn(world));
    expect([outcomeOf(world), originals(world).working.length]).toEqual(["restored", 1]);

    const other = (await worldAt("publish")).world;
    await wantedBack(other, "GLACIER");
    await other.archived.thaw(originals(other).archived[0]!, { days: 1, tier: "bulk" });
    other.archived.thawed();
    await chainOf(other).restore.begin(idIn(other));
    expect([outcomeOf(other), originals(other).working.length]).toEqual(["restored", 1]);
  });

  it("is not read again while it is where it was", async () => {
    const { world } = await worldAt("publish");
    await broughtBack(world);
    const found = recordIn(world);
    const { restored: _, ...archive } = found.archive as Archived;
    const restoring = { at: world.now().toISOString(), by: "olga", tier: "bulk", days: 20 } as const;
    await world.catalog.amend(found, { changedAt: restoring.at, archive: { ...archive, turn: 9, restoring } });
    await chainOf(world).restore.begin(idIn(world));
    expect(outcomeOf(world)).toBe("restored");
    expect([...world.reminders.all.values()]).toEqual([new Date(world.clock.now.getTime() + 20 * 86_400_000)]);
  });

  it("is nobody's business who did not ask", async () => {
    const { world } = await worldAt("publish");
    await archivedFirst(world);
    const before = [keysIn(world), recordIn(world)];
    await chainOf(world).restore.begin(idIn(world));
    await chainOf(world).restore.finish(originals(world).archived[0]!);
    expect([keysIn(world), recordIn(world)]).toEqual(before);
  });

  it("is missed in words by whoever needs it", async () => {
    const { world } = await worldAt("publish");
    await archivedFirst(world);
    const picture = recordIn(world) as Parameters<typeof readOriginal>[1];
    await expect(readOriginal(world.working, picture, limits)).rejects.toThrow(
      new RegExp(`^ORIGINAL_ARCHIVED: .*DEEP_ARCHIVE.* darkroom restore ${picture.pictureId}$`),
    );
    const refused = await worldAt("moderate", { moderator: nude });
    await letTimePass(refused.world, 90);
    const other = recordIn(refused.world) as typeof picture;
    await expect(readOriginal(refused.world.working, other, limits)).rejects.toThrow(/^ORIGINAL_DELETED: /);
  });
});

/** As in forget-races.test.ts, for those who move originals to and fro. */
describe("a reminder", () => {
  it("is that of how a picture ended, whoever comes late to end it otherwise", async () => {
    for (const dies of [false, true]) {
      const { world, chain, pictureId } = await worldAt("compress");
      const found = (await world.catalog.get(pictureId))!;
      for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(pictureId, "publish");
      await world.catalog.forgive(pictureId, "publish");
      await chain.publish(pictureId);
      const due = world.reminders.all.get(pictureId);
      // This one saw it before, and holds the deaths of others against it.
      for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(pictureId, "publish");
      let asked = 0;
      const get = async (id: string) => (asked++ === 0 ? found : world.catalog.get(id));
      const move: World["catalog"]["move"] = async (from, to) => {
        if (dies) throw new Crash();
        return world.catalog.move(from, to);
      };
      await chainOf({ ...world, catalog: { ...world.catalog, get, move } })
        .publish(pictureId)
        .catch(() => {});
      if (dies) await chain.publish(pictureId);
      expect(recordIn(world).status).toBe("published");
      expect(world.reminders.all.get(pictureId)).toEqual(due);
    }
  });
});
