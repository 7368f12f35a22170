import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createModerate } from "../../handlers/moderate.ts";
import { unpackFiles } from "../../handlers/pack.ts";
import type { PictureIn, Status } from "../../handlers/record.ts";
import { moderationOptions, renditionOptions } from "../../options.ts";
import { type Moderator, ModeratorError, type Screening } from "../../providers/moderators/types.ts";
import {
  type ChainActor,
  chainOf,
  countingCompressor,
  limits,
  moderatorSaying,
  wakes,
} from "../fixtures/memory-chain.ts";
import { memoryWorld, place } from "../fixtures/memory-ports.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(60, 40).jpeg().toBuffer();
const grey = await quadrants(60, 40).greyscale().jpeg().toBuffer();

/** A world in which one picture has come as far as the actor named. */
async function worldAt(until: ChainActor, bytes = jpeg, options = {}) {
  const world = memoryWorld();
  const chain = chainOf(world, options);
  world.incoming.put("uploads/1", bytes, { metadata: { name: "hills.jpg" } });
  const [picture] = await chain.send("uploads/1", until);
  const { pictureId } = picture!;
  return { world, chain, pictureId, picture: picture!, record: () => world.catalog.records.get(pictureId)! };
}

describe("moderate", () => {
  const judge = async (answer: Partial<Screening>, options = {}, bytes = jpeg) => {
    const { world, pictureId, picture, record } = await worldAt("ingest", bytes);
    const moderation = moderationOptions.parse({ rejectAbove: 80, reviewAbove: 40, ...options });
    await createModerate({ ...world, moderator: moderatorSaying(answer), moderation, limits })(pictureId);
    return { before: picture, after: record() };
  };

  it.each<[Partial<Screening>, Status, string | undefined]>([
    [{ confidence: 0 }, "accepted", undefined],
    [{ confidence: 39.99 }, "accepted", undefined],
    [{ confidence: 40 }, "review", "UNSURE"],
    [{ confidence: 79.99 }, "review", "UNSURE"],
    [{ confidence: 80 }, "rejected", "NUDITY"],
    [{ confidence: 100, containsNudity: true }, "rejected", "NUDITY"],
    // A yes without confidence is not a no.
    [{ confidence: 3, containsNudity: true }, "review", "UNSURE"],
  ])("takes %j for %s", async (answer, status, code) => {
    const { before, after } = await judge(answer);
    const said = { containsNudity: false, confidence: 0, ...answer };
    expect(after).toMatchObject({
      status,
      containsNudity: said.containsNudity,
      containsNudityConfidence: said.confidence,
      original: (before as PictureIn<"received">).original,
    });
    expect("reason" in after ? after.reason.code : undefined).toBe(code);
    expect("acceptedBy" in after).toBe(status === "accepted");
  });

  it.each<[object, number, Status, string | undefined]>([
    [{ greyscale: "review" }, 0, "review", "GREYSCALE"],
    [{ greyscale: "screen" }, 0, "accepted", undefined],
    [{ greyscale: "review" }, 50, "review", "UNSURE"],
    [{ greyscale: "review" }, 90, "rejected", "NUDITY"],
  ])("with %j takes a picture without colour at %d %% for %s", async (options, confidence, status, code) => {
    const { after } = await judge({ confidence }, options, grey);
    expect(after.status).toBe(status);
    expect("reason" in after ? after.reason.code : undefined).toBe(code);
  });

  it("writes down who accepted, when, and what was seen", async () => {
    const labels = [{ name: "Hills", confidence: 98 }];
    const { before, after } = await judge({ confidence: 7.5, moderator: "nsfwjs → rekognition", labels });
    const at = "2026-11-23T12:00:00.000Z";
    expect(after).toEqual({
      ...before,
      status: "accepted",
      containsNudity: false,
      containsNudityConfidence: 7.5,
      moderator: "nsfwjs → rekognition",
      labels,
      acceptedBy: "nsfwjs → rekognition",
      acceptedAt: at,
      timings: { ...before.timings, moderate: { startedAt: at, endedAt: at, ms: 0 } },
      attempts: { ingest: 1, moderate: 1 },
    });
  });

  it("shows the moderator the very original, and what it is", async () => {
    const { world, chain, pictureId } = await worldAt("ingest");
    const shown: unknown[] = [];
    const moderator: Moderator = {
      name: "stub",
      screen(image) {
        shown.push(image);
        return moderatorSaying().screen(image);
      },
    };
    await chainOf(world, { moderator }).moderate(pictureId);
    expect(shown).toMatchObject([{ bytes: jpeg, format: "jpeg", width: 60, height: 40, frames: 1 }]);
    await chain.moderate(pictureId);
    expect(shown).toHaveLength(1);
  });

  it("throws when nobody answers, and leaves the picture where it is", async () => {
    const { world, chain, pictureId, picture, record } = await worldAt("ingest");
    const failure = new ModeratorError("stub", "UNAVAILABLE", "no answer");
    const moderator = { name: "stub", screen: () => Promise.reject(failure) };
    for (let time = 1; time <= 6; time++)
      await expect(chainOf(world, { moderator }).moderate(pictureId)).rejects.toBe(failure);
    expect(record()).toEqual(picture);
    await chain.moderate(pictureId);
    expect(record()).toMatchObject({ status: "accepted", attempts: { moderate: 7 } });
  });

  it.each([Number.NaN, -1, 101])("accepts nothing on an answer of %d %", async (confidence) => {
    const { world, pictureId, record } = await worldAt("ingest");
    await chainOf(world, { moderator: moderatorSaying({ confidence }) })
      .moderate(pictureId)
      .catch(() => {});
    expect(record().status).not.toBe("accepted");
  });
});

describe("resize", () => {
  it("makes every level of one original, and says how", async () => {
    const renditions = renditionOptions.parse({ widths: [16, 32], formats: ["jpeg", "webp"] });
    const { picture, pictureId, world } = await worldAt("resize", jpeg, { renditions });
    expect(picture).toMatchObject({
      status: "resized",
      baseFormat: "jpeg",
      scaling: expect.stringContaining("lanczos3"),
      colour: expect.stringMatching(/^#[0-9a-f]{6}$/),
      placeholder: expect.stringMatching(/^[A-Za-z0-9+/]{10,}=*$/),
    });
    const { levels } = picture as PictureIn<"resized">;
    expect(levels.map(({ name, width, height, formats }) => [name, width, height, ...formats])).toEqual([
      ["w150", 60, 40, "jpeg"],
      ["h150", 60, 40, "jpeg"],
      ["box50", 50, 33, "jpeg"],
      ["w16", 16, 11, "jpeg", "webp"],
      ["w32", 32, 21, "jpeg", "webp"],
    ]);
    expect(world.working.objects.has(`resized/${pictureId}.tar`)).toBe(true);
  });

  it("rejects what cannot be decoded at full size, with the decoder's reason", async () => {
    const { world, chain, picture, pictureId, record } = await worldAt("moderate");
    const { original } = picture as PictureIn<"accepted">;
    world.working.put(original, jpeg.subarray(0, jpeg.length / 2));
    await chain.resize(pictureId);
    expect(record()).toMatchObject({ status: "rejected", reason: { code: "TRUNCATED" }, original, acceptedBy: "stub" });
    expect([...world.working.objects.keys()]).toEqual([original]);
  });

  it("throws when the original is missing: that is no fault of the picture", async () => {
    const { world, chain, picture, pictureId, record } = await worldAt("moderate");
    world.working.objects.clear();
    await expect(chain.resize(pictureId)).rejects.toThrow("ORIGINAL_MISSING");
    await expect(chainOf(world).moderate(pictureId)).resolves.toBeUndefined();
    expect(record()).toEqual(picture);
  });
});

describe("compress", () => {
  it("asks for every level in every format once, and names each rendition by what it is and its bytes", async () => {
    const compressor = countingCompressor();
    const renditions = renditionOptions.parse({ widths: [16, 32], formats: ["jpeg", "webp", "avif"] });
    const { picture, pictureId, world } = await worldAt("compress", jpeg, { compressor, renditions });
    const { renditions: made, levels, pack: key, bytesBefore, bytesAfter } = picture as PictureIn<"compressed">;
    const expected = levels.flatMap((level) => level.formats.map((format) => ({ level, format })));
    expect(compressor.asked.sort()).toEqual(expected.map(({ level, format }) => `${level.name} ${format}`).sort());
    const extension = { jpeg: "jpg", webp: "webp", avif: "avif" } as Record<string, string>;
    expect(made).toEqual(
      expected.map(({ level: { name, width, height, channels }, format }) => {
        const bytes = Buffer.from(`${name} ${width}x${height} ${format}`);
        const sum = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
        const key = `${pictureId}/${name}.${sum}.${extension[format]}`;
        return {
          name: `${name}.${extension[format]}`,
          level: name,
          width,
          height,
          format,
          bytesBefore: width * height * channels,
          bytesAfter: bytes.length,
          method: `counted ${format}`,
          key,
          url: `https://pictures.example/${key}`,
        };
      }),
    );
    expect(new Set(made.map(({ key }) => key)).size).toBe(9);
    expect(bytesBefore).toBe(made.reduce((sum, one) => sum + one.bytesBefore, 0));
    expect(bytesAfter).toBe(made.reduce((sum, one) => sum + one.bytesAfter, 0));
    const pack = await Array.fromAsync(unpackFiles((await world.working.open(key))!));
    expect(pack.map(({ name, bytes }) => [name, bytes.length])).toEqual(made.map((one) => [one.name, one.bytesAfter]));
  });

  it("throws when the sizes are missing or cut, and leaves the picture where it is", async () => {
    const { world, chain, pictureId, picture, record } = await worldAt("resize");
    const key = `resized/${pictureId}.tar`;
    const whole = world.working.objects.get(key)!.bytes;
    world.working.put(key, whole.subarray(0, 4000));
    await expect(chain.compress(pictureId)).rejects.toThrow(/^PACK_/);
    world.working.objects.delete(key);
    await expect(chain.compress(pictureId)).rejects.toThrow("PACK_MISSING");
    expect(record()).toEqual(picture);
    world.working.put(key, whole);
    await chain.compress(pictureId);
    expect(record()).toMatchObject({ status: "compressed", attempts: { compress: 3 } });
  });
});

describe("the chain", () => {
  it("leaves every actor's time, attempt and place on the record", async () => {
    const { picture } = await worldAt("publish");
    const actors = ["ingest", "moderate", "resize", "compress", "publish"];
    expect(Object.keys(picture.timings)).toEqual(actors);
    expect(picture.attempts).toEqual(Object.fromEntries(actors.map((actor) => [actor, 1])));
    expect(picture).toMatchObject({ ...place, status: "published" });
  });

  it.each(Object.keys(wakes) as (keyof typeof wakes)[])("is left alone by %s where it has moved on", async (actor) => {
    const status: readonly Status[] = [
      "received",
      "duplicate",
      "rejected",
      "review",
      "accepted",
      "resized",
      "compressed",
      "published",
    ];
    for (const other of status.filter((one) => one !== wakes[actor])) {
      const { world, chain, picture, pictureId, record } = await worldAt("publish");
      const stale = { ...picture, status: other } as PictureIn<"published">;
      await world.catalog.move("published", stale);
      const attempts = new Map(world.catalog.attempts);
      const held = new Map(world.working.objects);
      await chain[actor](pictureId);
      expect(record()).toEqual(stale);
      expect(world.catalog.attempts).toEqual(attempts);
      expect(world.working.objects).toEqual(held);
      expect(world.lines.at(-1)).toEqual({ outcome: "stale", details: { actor, pictureId, status: other } });
    }
    const world = memoryWorld();
    await chainOf(world)[actor]("nobody");
    expect(world.lines).toMatchObject([{ outcome: "stale", details: { status: "gone" } }]);
    expect(world.catalog.attempts.size).toBe(0);
  });

  it("says so when another was faster", async () => {
    const { world, chain, pictureId } = await worldAt("moderate");
    await Promise.all([chain.resize(pictureId), chain.resize(pictureId)]);
    expect(
      world.lines
        .slice(-2)
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(["resized", "stale"]);
  });
});

describe.each(["moderate", "resize", "compress", "publish"] as const)("a picture that kills %s", (actor) => {
  const before = { moderate: "ingest", resize: "moderate", compress: "resize", publish: "compress" } as const;

  it("is given up at the fifth attempt, before any work", async () => {
    const { world, chain, pictureId, picture, record } = await worldAt(before[actor]);
    for (let death = 1; death <= 4; death++) await world.catalog.attempt(pictureId, actor);
    world.working.objects.clear();
    await chain[actor](pictureId);
    expect(record()).toMatchObject({ status: "rejected", reason: { code: "TOO_EXPENSIVE" }, name: picture.name });
    expect(record().attempts[actor]).toBe(5);
    expect(world.published.objects.size).toBe(0);
  });

  it("is tried four times", async () => {
    const { world, chain, pictureId, record } = await worldAt(before[actor]);
    for (let death = 1; death <= 3; death++) await world.catalog.attempt(pictureId, actor);
    await chain[actor](pictureId);
    expect(record().status).not.toBe("rejected");
    expect(record().attempts[actor]).toBe(4);
  });

  it("is not what a failing catalog is taken for", async () => {
    const { world, chain, pictureId, record } = await worldAt(before[actor]);
    const failure = new Error("throttled");
    const catalog = { ...world.catalog, move: () => Promise.reject(failure) };
    for (let time = 1; time <= 6; time++)
      await expect(chainOf({ ...world, catalog })[actor](pictureId)).rejects.toBe(failure);
    await chain[actor](pictureId);
    expect(record().status).not.toBe("rejected");
    expect(record().attempts[actor]).toBe(7);
  });
});
