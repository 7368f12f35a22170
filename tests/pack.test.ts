import { Readable } from "node:stream";
import { extract, pack as openTar } from "tar-stream";
import { describe, expect, it } from "vitest";
import { packFiles, packPixels, unpackFiles, unpackPixels } from "../handlers/pack.ts";
import type { Pixels } from "../providers/compressors/types.ts";

const level = (name: string, width: number, height: number, more: Partial<Pixels> = {}): Pixels => {
  const shape = {
    name,
    width,
    height,
    channels: 3,
    frames: 1,
    delay: [],
    loop: 0,
    formats: ["jpeg"],
    ...more,
  } as const;
  return { ...shape, data: Buffer.alloc(width * height * shape.channels * shape.frames, name.length + width) };
};
const still = level("w640", 640, 480, { formats: ["jpeg", "webp", "avif"] });
const animated = level("box50", 50, 30, {
  channels: 4,
  frames: 3,
  delay: [100, 40, 250],
  loop: 2,
  formats: ["gif", "webp"],
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}
const chunked = (bytes: Buffer, size: number) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );

async function tarOf(entries: Record<string, string | Buffer>): Promise<Buffer> {
  const tar = openTar();
  for (const [name, bytes] of Object.entries(entries)) tar.entry({ name }, bytes);
  tar.finalize();
  return Buffer.concat((await all(tar)) as Buffer[]);
}
const levelsJson = (...levels: Pixels[]) => JSON.stringify(levels.map(({ data: _, ...shape }) => shape));

describe("a pack of pixels", () => {
  it("gives back every level as it was, from a buffer and from a stream however it is cut", async () => {
    const packed = await packPixels([still, animated]);
    for (const source of [packed, chunked(packed, 511), chunked(packed, 513), chunked(packed, 65_536)])
      expect(await all(unpackPixels(source))).toEqual([still, animated]);
    expect(await all(unpackPixels(chunked(await packPixels([animated]), 1)))).toEqual([animated]);
  });

  it("is the same bytes each time, whoever makes it and when", async () => {
    const first = await packPixels([still, animated]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await packPixels([still, animated])).equals(first)).toBe(true);
  });

  it("is a tar anyone can look into", async () => {
    const names: string[] = [];
    for await (const entry of Readable.from([await packPixels([still, animated])]).pipe(extract())) {
      names.push(entry.header.name);
      entry.resume();
    }
    expect(names).toEqual(["levels.json", "w640.raw", "box50.raw"]);
  });

  it("does not hold more of a stream than the level in hand", async () => {
    const packed = await packPixels([level("w1", 400, 400), level("w2", 400, 400), level("w3", 400, 400)]);
    let pulled = 0;
    const source = new Readable({
      highWaterMark: 1024,
      read() {
        this.push(pulled < packed.length ? packed.subarray(pulled, pulled + 1024) : null);
        pulled += 1024;
      },
    });
    const levels = unpackPixels(source);
    expect((await levels.next()).value?.name).toBe("w1");
    expect(pulled).toBeLessThan(packed.length / 2);
    await levels.return(undefined);
    expect(source.destroyed).toBe(true);
  });

  it.each([
    [
      "cut in the middle of a level",
      async () => (await packPixels([still, animated])).subarray(0, 300_000),
      "PACK_SHORT",
    ],
    ["cut between two levels", async () => (await packPixels([still])).subarray(0, 1024), "PACK_SHORT"],
    [
      "without a level it lists",
      () => tarOf({ "levels.json": levelsJson(still, animated), "w640.raw": still.data }),
      "PACK_SHORT",
    ],
    [
      "with another level in its place",
      () => tarOf({ "levels.json": levelsJson(still), "w320.raw": still.data }),
      "PACK_SHORT",
    ],
    [
      "with a level shorter than listed",
      () => tarOf({ "levels.json": levelsJson(still), "w640.raw": still.data.subarray(1) }),
      "PACK_SHORT",
    ],
    [
      "with a level longer than listed",
      () => tarOf({ "levels.json": levelsJson(still), "w640.raw": Buffer.concat([still.data, Buffer.alloc(1)]) }),
      "PACK_INVALID",
    ],
    [
      "with more than it lists",
      () => tarOf({ "levels.json": levelsJson(still), "w640.raw": still.data, "more.raw": "x" }),
      "PACK_INVALID",
    ],
    ["without an index", () => tarOf({ "w640.raw": still.data }), "PACK_SHORT"],
    ["with an index that is not JSON", () => tarOf({ "levels.json": "levels" }), "PACK_INVALID"],
    [
      "with an index of another shape",
      () => tarOf({ "levels.json": '[{"name":"../../etc","width":1}]' }),
      "PACK_INVALID",
    ],
    [
      "with a level of absurd size",
      () => tarOf({ "levels.json": levelsJson({ ...still, width: 1e9, height: 1e6 }), "w640.raw": "x" }),
      "PACK_SHORT",
    ],
    ["that is no tar", async () => Buffer.alloc(4096, "not a tar"), "PACK_INVALID"],
    ["that is empty", async () => Buffer.alloc(0), "PACK_SHORT"],
  ])("%s is refused with a code", async (_, make, code) => {
    const bytes = await make();
    await expect(all(unpackPixels(bytes))).rejects.toMatchObject({ name: "PackError", code });
    await expect(all(unpackPixels(chunked(bytes, 4096)))).rejects.toMatchObject({ name: "PackError", code });
  });

  it("does not make room for a level of absurd size, even where its entry says the same", async () => {
    const huge = { ...still, width: 2 ** 16, height: 2 ** 16 };
    const tar = openTar();
    tar.entry({ name: "levels.json" }, levelsJson(huge));
    tar.entry({ name: "w640.raw", size: 3 * 2 ** 32 });
    await expect(all(unpackPixels(Readable.from(tar)))).rejects.toMatchObject({ code: "PACK_INVALID" });
  });

  it("lets the source's own failure through as it is", async () => {
    const packed = await packPixels([still]);
    const failure = Object.assign(new Error("the connection was reset"), { code: "ECONNRESET" });
    const source = Readable.from(
      (async function* () {
        yield packed.subarray(0, 2000);
        throw failure;
      })(),
    );
    await expect(all(unpackPixels(source))).rejects.toBe(failure);
  });
});

describe("a pack of files", () => {
  const files = [
    { name: "w640.webp", bytes: Buffer.from("webp") },
    { name: "w640.jpg", bytes: Buffer.alloc(70_000, 7) },
    { name: "empty.gif", bytes: Buffer.alloc(0) },
  ];

  it("gives back every file as it was", async () => {
    const packed = await packFiles(files);
    expect(await all(unpackFiles(packed))).toEqual(files);
    expect(await all(unpackFiles(chunked(packed, 1000)))).toEqual(files);
  });

  it("of nothing holds nothing", async () => {
    expect(await all(unpackFiles(await packFiles([])))).toEqual([]);
  });

  it("is refused with a code where a file is missing", async () => {
    const packed = await tarOf({ "files.json": JSON.stringify([{ name: "a.jpg", bytes: 1 }]) });
    await expect(all(unpackFiles(packed))).rejects.toMatchObject({ code: "PACK_SHORT" });
  });
});
