import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import type { Picture, Rendition } from "../../handlers/record.ts";
import { renditionOptions } from "../../options.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import { memoryWorld, type StoredObject } from "../fixtures/memory-ports.ts";
import { oddCanary, oddPictures, quadrants } from "../fixtures/odd-pictures.ts";
import { type CorpusEntry, sharedFile, sharedJson } from "../pixels/shared.ts";

const renditions = renditionOptions.parse({ widths: [320, 1280] });
const compressor = sharpCompressor({ preset: "fast" });

/** Sends one file through all five actors, with a moderator that sees nothing wrong. */
async function develop(key: string, bytes: Buffer) {
  const world = memoryWorld();
  world.incoming.put(key, bytes);
  const [picture, ...more] = await chainOf(world, { renditions, compressor }).send(key);
  expect(more).toEqual([]);
  return { world, picture: picture! };
}
type Developed = Awaited<ReturnType<typeof develop>>;

/** Refused with a code and a sentence, its bytes kept aside, and nothing anywhere else. */
function expectRefused({ world, picture }: Developed, bytes: Buffer) {
  const { pictureId } = picture;
  expect(picture).toMatchObject({
    status: "rejected",
    reason: { code: expect.stringMatching(/^[A-Z_]+$/), sentence: expect.stringMatching(/^[A-Z].+\.$/) },
    quarantined: `refused/${pictureId}`,
  });
  expect([...world.quarantine.objects]).toEqual([[`refused/${pictureId}`, expect.objectContaining({ bytes })]]);
  expect(world.working.objects.size + world.published.objects.size).toBe(0);
}

/** Published whole: every file is what its key, its type and its record say, and carries nothing of the original's. */
async function expectPublished({ world, picture }: Developed, hidden?: string) {
  expect(world.quarantine.objects.size).toBe(0);
  if (picture.status !== "published") return expect(picture).toMatchObject({ status: "published" });
  expect([...world.published.objects.keys()].sort()).toEqual(picture.renditions.map(({ key }) => key).sort());
  expect(picture.renditions.map(({ url }) => url)).toContain(picture.url);
  if (hidden) expect(JSON.stringify({ ...picture, name: "", sourceId: "" })).not.toContain(hidden);
  for (const rendition of picture.renditions) {
    const object = world.published.objects.get(rendition.key)!;
    await expectFile(picture, rendition, object);
    if (hidden) expect(object.bytes.includes(hidden), rendition.name).toBe(false);
  }
}

async function expectFile({ pictureId }: Picture, rendition: Rendition, { bytes, contentType }: StoredObject) {
  const { name, key, format, width, height } = rendition;
  expect(key).toMatch(new RegExp(`^${pictureId}/[a-z]+[0-9]+\\.[0-9a-f]{8}\\.(jpg|png|gif|webp|avif)$`));
  expect(key.replace(/\.jpg$/, ".jpeg").endsWith(`.${format}`), key).toBe(true);
  expect(contentType).toBe(`image/${format}`);
  const seen = await sharp(bytes, { limitInputPixels: false }).metadata();
  expect(seen.format === "heif" ? (seen.compression === "av1" ? "avif" : "heif") : seen.format, name).toBe(format);
  expect([seen.width, seen.pageHeight ?? seen.height, bytes.length]).toEqual([width, height, rendition.bytesAfter]);
  for (const kind of ["exif", "xmp", "iptc", "comments", "orientation"] as const)
    expect(seen[kind], `${kind} of ${name}`).toBeUndefined();
}

describe("odd files made here", async () => {
  it.each(await oddPictures())("$name: $expected", async ({ name, bytes, expected }) => {
    const developed = await develop(`uploads/${name}`, bytes);
    expect(developed.picture).toMatchObject("code" in expected ? { reason: expected } : { format: expected.type });
    if ("code" in expected) expectRefused(developed, bytes);
    else await expectPublished(developed, oddCanary);
  });
});

const there = sharedFile("corpus/manifest.json") !== undefined;
describe.skipIf(!there)(`the shared corpus of odd files${there ? "" : " (../shared is absent)"}`, async () => {
  const entries = there ? await sharedJson<CorpusEntry[]>("corpus/manifest.json") : [];
  it("is there whole", () => expect(entries).toHaveLength(128));

  it.each(entries)("$file: $expected, firm $firm", async ({ file, expected, firm, checks }) => {
    const bytes = await readFile(sharedFile(`corpus/${file}`) as string);
    const developed = await develop(`uploads/${file}`, bytes);
    const verdict = developed.picture.status === "rejected" ? "reject" : "accept";
    if (firm) expect(verdict).toBe(expected);
    if (verdict === "reject") return expectRefused(developed, bytes);
    await expectPublished(developed, checks?.mustNotContain);
    if (checks?.uprightSize) await expectUpright(developed, checks as Required<NonNullable<CorpusEntry["checks"]>>);
  });
});

/** In its own size, in every format it is published in. */
async function expectUpright(
  { world, picture }: Developed,
  { uprightSize, topLeft, topRight }: Required<NonNullable<CorpusEntry["checks"]>>,
) {
  const own = picture.status === "published" ? picture.renditions.filter(({ level }) => level === "w60") : [];
  expect(own.map(({ format }) => format)).toEqual([expect.stringMatching(/^(jpeg|png)$/), "webp", "avif"]);
  expect(picture).toMatchObject({ width: uprightSize[0], height: uprightSize[1] });
  for (const { key, width, height } of own) {
    expect([width, height]).toEqual(uprightSize);
    const data = await sharp(world.published.objects.get(key)!.bytes).removeAlpha().raw().toBuffer();
    const colourAt = (x: number) => {
      const at = (3 * width + x) * 3;
      return data[at]! > data[at + 1]! ? "red" : "green";
    };
    expect([colourAt(3), colourAt(width - 4)], key).toEqual([topLeft, topRight]);
  }
}

interface Key {
  readonly key: string;
  readonly expected: "accept" | "reject";
  readonly why: string;
}
const hostile: Key[] = [
  { key: "uploads/a/../b.jpg", expected: "reject", why: "a way up" },
  { key: "uploads/..%2fb.jpg", expected: "reject", why: "a way up if decoded" },
  { key: "uploads/a\\b.jpg", expected: "reject", why: "a folder elsewhere" },
  { key: "uploads/a\r\nb.jpg", expected: "reject", why: "two lines in a log" },
  { key: "uploads/\u202egpj.exe", expected: "reject", why: "reads backwards" },
  { key: "uploads/photo.php", expected: "accept", why: "content decides" },
  { key: `uploads/"><script>alert(1)<!--.html`, expected: "accept", why: "only a name" },
  { key: "uploads/__proto__", expected: "accept", why: "only a name" },
  { key: "drop/été 1%20+2.jpg", expected: "accept", why: "only a name" },
];
const keys = sharedFile("corpus/object-keys.json");
describe("object keys", async () => {
  const jpeg = await quadrants(40, 30).jpeg().toBuffer();
  const shared = keys ? await sharedJson<Key[]>("corpus/object-keys.json") : [];
  it.skipIf(!keys)(`are also the shared corpus's${keys ? "" : " (../shared is absent)"}`, () =>
    expect(shared).toHaveLength(31),
  );

  it.each([...hostile, ...shared])("$key: $expected, as $why", async ({ key, expected }) => {
    const developed = await develop(key, jpeg);
    const { picture, world } = developed;
    expect(picture.sourceId).toBe(key);
    if (key.startsWith("uploads/")) expect(picture.pictureId).toBe(pictureIdOf("upload", key, "1"));
    if (expected === "accept") await expectPublished(developed);
    else {
      expectRefused(developed, jpeg);
      expect(picture).toMatchObject({ reason: { code: expect.stringMatching(/^KEY_/) } });
    }
    const ours = new RegExp(`^((originals|resized|compressed|refused)/)?${picture.pictureId}[./]?[a-z0-9./]*$`);
    for (const store of [world.working, world.quarantine, world.published])
      for (const name of store.objects.keys()) expect(name).toMatch(ours);
  });
});
