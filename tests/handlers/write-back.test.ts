import { describe, expect, it } from "vitest";
import { createCatchUp } from "../../handlers/catch-up.ts";
import type { Use } from "../../handlers/opened.ts";
import type { PictureIn } from "../../handlers/record.ts";
import { createWriteBack } from "../../handlers/write-back.ts";
import { type Source, SourceError, type SourceErrorCode } from "../../providers/sources/types.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { memoryLedger, memorySource } from "../fixtures/memory-source.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(60, 40).jpeg().toBuffer();

/** A picture of the source `studio`, published, and the folder for results at the source. */
async function published(name = "beach.jpg") {
  const world = memoryWorld();
  world.incoming.put("pulled/studio/1", jpeg, { metadata: { source: "studio", id: "1", revision: "1", name } });
  const [picture] = (await chainOf(world).send("pulled/studio/1")) as [PictureIn<"published">];
  return { world, picture, ...target(world) };
}

function target(world: World) {
  const files = new Map<string, { readonly body: Buffer; readonly contentType: string }>();
  const ledger = memoryLedger();
  const measured: object[] = [];
  const source: Source = {
    ...memorySource(),
    async write(path, body, { contentType }) {
      if (files.has(path)) throw new SourceError("studio", "CONFLICT", `there is already ${path}`);
      files.set(path, { body, contentType });
      return { id: path, path };
    },
  };
  const run = (pictureId: string, over: { source?: Source; world?: World } = {}) => {
    const use: Use = async (work) => work(over.source ?? source);
    const { catalog, published, place, now, log } = over.world ?? world;
    const measure = (values: object) => void measured.push(values);
    return createWriteBack({ name: "studio", place, use, catalog, published, ledger, now, log, measure })(pictureId);
  };
  return { files, ledger, measured, source, run };
}

const outcomes = ({ lines }: World) => lines.map(({ outcome }) => outcome).slice(5);

describe("a published picture", () => {
  it("is written back as a folder with all its renditions, byte for byte, once", async () => {
    const { world, picture, files, ledger, run } = await published();
    await run(picture.pictureId);
    await run(picture.pictureId);
    expect([...files.keys()].sort()).toEqual(
      picture.renditions.map(({ name }) => `beach-${picture.pictureId.slice(0, 8)}/${name}`).sort(),
    );
    for (const { name, key } of picture.renditions)
      expect(files.get(`beach-${picture.pictureId.slice(0, 8)}/${name}`)?.body).toEqual(
        world.published.objects.get(key)?.bytes,
      );
    expect(files.get(`beach-${picture.pictureId.slice(0, 8)}/w20.webp`)?.contentType).toBe("image/webp");
    expect(outcomes(world)).toEqual(["written", "known"]);
    expect(ledger.counts.writtenBack).toBe(1);
  });

  it("is whole after a death at any write: what is there already is its own", async () => {
    const { picture, files, source, run } = await published();
    for (let deaths = 0; deaths < picture.renditions.length; deaths++) {
      let left = deaths;
      const dying: Source = {
        ...source,
        write: async (...given) => {
          if (left-- === 0) throw new Error("the process ends");
          return source.write!(...given);
        },
      };
      await expect(run(picture.pictureId, { source: dying })).rejects.toThrow("ends");
    }
    await run(picture.pictureId);
    expect(files.size).toBe(picture.renditions.length);
  });

  it("of another whose name and beginning of the id are the same gets the whole id", async () => {
    const { world, picture, files, run } = await published();
    const twin = {
      ...picture,
      pictureId: `${picture.pictureId.slice(0, 8)}-0000-8000-8000-000000000000`,
      name: "Beach.png",
    };
    await world.catalog.add(twin);
    await run(picture.pictureId);
    await run(twin.pictureId);
    await run(twin.pictureId);
    const folders = new Set([...files.keys()].map((path) => path.split("/")[0]));
    expect(folders).toEqual(new Set([`beach-${picture.pictureId.slice(0, 8)}`, `Beach-${twin.pictureId}`]));
  });

  it.each([
    ["holiday.2026.jpg", "holiday.2026"],
    ["..\u202egnp.jpg", "_gnp"],
    [".hidden", "picture"],
    ['a:b*c?"<>|.jpg', "a_b_c_____"],
    [`${"ü".repeat(200)}.jpg`, "ü".repeat(60)],
    ["🌈 photo.jpg", "🌈 photo"],
  ])("called %s lies in a folder that every file system takes", async (name, stem) => {
    const { world, picture, files, run } = await published();
    await world.catalog.move("published", { ...picture, name });
    await run(picture.pictureId);
    expect([...files.keys()][0]).toBe(`${stem}-${picture.pictureId.slice(0, 8)}/${picture.renditions[0]!.name}`);
  });

  it("of another source, or not published, is left alone", async () => {
    const { world, picture, files, run } = await published();
    await world.catalog.move("published", { ...picture, source: "elsewhere" });
    await run(picture.pictureId);
    await run("00000000-0000-8000-8000-000000000000");
    expect(outcomes(world)).toEqual(["stale", "stale"]);
    expect(files.size).toBe(0);
  });

  it("that is forgotten in the middle is not written any further, and not taken for done", async () => {
    const { world, picture, files, source, run } = await published();
    const forgetting: Source = {
      ...source,
      async write(...given) {
        const { reviewedBy: _, ...rest } = picture;
        if (files.size === 1)
          await world.catalog.move("published", { ...rest, status: "forgetting", forgottenBy: "x" });
        return source.write!(...given);
      },
    };
    await run(picture.pictureId, { source: forgetting });
    expect(files.size).toBe(2);
    expect(outcomes(world)).toEqual(["stale"]);
    expect(await world.catalog.did(picture.pictureId, "write-back:studio")).toBe(false);
  });
});

describe("a picture that another Region took over", () => {
  it("waits until S3 has copied it here, and is then written back by the schedule", async () => {
    const { world, picture, files, ledger, run } = await published();
    const adopted = { ...picture, homeRegion: "eu-central-1", adoptedFrom: picture.homeRegion };
    await world.catalog.move("published", adopted);
    const { key } = picture.renditions[1]!;
    const copied = world.published.objects.get(key)!;
    world.published.objects.delete(key);
    const catchUp = createCatchUp({ name: "studio", ledger, writeBack: run, start: () => "", log: world.log });
    await run(picture.pictureId);
    await catchUp(() => 300_000);
    expect([...ledger.waiting]).toEqual([picture.pictureId]);
    expect(ledger.writeBackTrouble).toBeUndefined();
    world.published.objects.set(key, copied);
    await catchUp(() => 300_000);
    expect([ledger.waiting.size, files.size]).toEqual([0, picture.renditions.length]);
    expect(outcomes(world)).toEqual(["uncopied", "uncopied", "caught-up", "written", "caught-up"]);
  });

  it("is waited for in no such way where it is at home: then something was lost", async () => {
    const { world, picture, run } = await published();
    world.published.objects.delete(picture.renditions[0]!.key);
    await expect(run(picture.pictureId)).rejects.toThrow("RENDITION_MISSING");
  });
});

describe("a source that does not take results", () => {
  const refusing = (source: Source, code: SourceErrorCode): Source => ({
    ...source,
    write: () => Promise.reject(new SourceError("studio", code, "no")),
  });

  it.each<SourceErrorCode>(["AUTH", "CONFIG", "FORBIDDEN", "QUOTA"])(
    "for %s, which lasts, is told and measured rather than asked for hours",
    async (code) => {
      const { world, picture, ledger, measured, source, run } = await published();
      await run(picture.pictureId, { source: refusing(source, code) });
      expect(ledger.writeBackTrouble).toMatchObject({ code });
      expect(measured).toEqual([{ SourceFailed: 1, SourceNeedsPerson: 1 }]);
      expect(outcomes(world)).toEqual(["trouble"]);
      await run(picture.pictureId);
      expect(ledger.writeBackTrouble).toBeUndefined();
      expect(outcomes(world)).toEqual(["trouble", "written"]);
    },
  );

  it("loses none of what it refused: all of it is written once it takes results again, and struck off", async () => {
    const { world, picture, files, ledger, source, run } = await published();
    const twins = ["a", "b", "c", "d"].map((n) => ({
      ...picture,
      pictureId: `${n.repeat(8)}-0000-8000-8000-000000000000`,
    }));
    for (const twin of twins) await world.catalog.add(twin);
    const ids = [picture, ...twins].map(({ pictureId }) => pictureId);
    for (const id of ids) await run(id, { source: refusing(source, "QUOTA") });
    const catchUp = (over: { source?: Source }, tried: string[] = []) =>
      createCatchUp({
        name: "studio",
        ledger,
        writeBack: async (id) => {
          tried.push(id);
          return run(id, over);
        },
        start: () => twins[1]!.pictureId,
        log: world.log,
      });
    for (const code of ["QUOTA", "UNAVAILABLE"] as const) {
      const tried: string[] = [];
      await catchUp({ source: refusing(source, code) }, tried)(() => 300_000);
      expect(tried).toEqual([twins[2]!.pictureId]);
      expect(ledger.waiting.size).toBe(5);
    }
    await catchUp({})(() => 1000);
    expect(ledger.waiting.size).toBe(5);
    await catchUp({})(() => 300_000);
    expect(ledger.waiting.size).toBe(0);
    expect(files.size).toBe(5 * picture.renditions.length);
    expect(ledger.counts.writtenBack).toBe(5);
    expect(ledger.writeBackTrouble).toBeUndefined();
  });

  it("is not asked to take what was forgotten while it waited", async () => {
    const { world, picture, files, ledger, source, run } = await published();
    await run(picture.pictureId, { source: refusing(source, "AUTH") });
    const { reviewedBy: _, ...rest } = picture;
    await world.catalog.move("published", { ...rest, status: "forgetting", forgottenBy: "x" });
    const writeBack = (id: string) => run(id);
    await createCatchUp({ name: "studio", ledger, writeBack, start: () => "", log: world.log })(() => 300_000);
    expect([ledger.waiting.size, files.size]).toEqual([0, 0]);
  });

  it.each<SourceErrorCode>(["RATE_LIMITED", "UNAVAILABLE", "INTEGRITY"])(
    "for %s, which passes, is asked again",
    async (code) => {
      const { picture, source, ledger, run } = await published();
      await expect(run(picture.pictureId, { source: refusing(source, code) })).rejects.toMatchObject({ code });
      // Should it last longer than the tries do.
      expect([...ledger.waiting]).toEqual([picture.pictureId]);
    },
  );
});
