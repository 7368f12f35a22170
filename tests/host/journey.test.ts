import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { ampValidator } from "../amp/validate.ts";
import { canary, makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, operatorsAt, type RunningHost, scratchDir, startProcess } from "./harness.ts";

/** Photographs through the whole of Darkroom, by the commands that a person uses. */
describe("a picture's whole journey on this machine", () => {
  let host: RunningHost;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let pictures: ReadonlyMap<string, Picture>;
  let imported: { pictures: { file: string; status: string; reason?: { code: string } }[] };

  beforeAll(async () => {
    scratch = await scratchDir();
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    const photos = {
      "landscape.jpg": await makePhoto({ width: 2400, height: 1600, seed: 1 }),
      "turned by phone.jpg": await makePhoto({ width: 1200, height: 1600, seed: 2, orientation: 6 }),
      "small.png": await makePhoto({ width: 90, height: 60, seed: 3, format: "png" }),
      "web.webp": await makePhoto({ width: 800, height: 600, seed: 4, format: "webp" }),
      "twin.jpg": await makePhoto({ width: 2400, height: 1600, seed: 1 }),
      "cut.jpg": (await makePhoto({ width: 600, height: 400, seed: 5 })).subarray(0, 9000),
      "nothing.jpg": Buffer.alloc(0),
      "<img src=x onerror=alert(1)>.jpg": await makePhoto({ width: 300, height: 200, seed: 6 }),
    };
    for (const [name, bytes] of Object.entries(photos)) await writeFile(join(folder, name), bytes);
    host = await startProcess(join(scratch.dir, "data"));
    const { stdout } = await darkroom(
      "import",
      folder,
      "--to",
      operatorsAt(host.url),
      "--wait",
      "--json",
      "--at-once",
      "1",
    );
    imported = JSON.parse(stdout);
    pictures = new Map((await allPictures(host.url)).map((picture) => [picture.name, picture]));
  });
  afterAll(async () => {
    await host?.stop();
    await scratch?.remove();
  });

  const published = (name: string) => {
    const picture = pictures.get(name);
    if (picture?.status !== "published")
      throw new Error(`Expected ${name} to be published, but it is ${picture?.status}.`);
    return picture as PictureIn<"published">;
  };
  const fetched = async (url: string) => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  };

  it("publishes what is a picture and refuses what is not, each with its reason", () => {
    const ends = Object.fromEntries(
      imported.pictures.map(({ file, status, reason }) => [file, reason?.code ?? status]),
    );
    // Equal bytes race for being the first: one of the twins is the other's duplicate.
    expect([ends["landscape.jpg"], ends["twin.jpg"]].sort()).toEqual(["duplicate", "published"]);
    expect(ends).toMatchObject({
      "turned by phone.jpg": "published",
      "small.png": "published",
      "web.webp": "published",
      "cut.jpg": "TRUNCATED",
      "nothing.jpg": "EMPTY",
      "<img src=x onerror=alert(1)>.jpg": "published",
    });
  });

  it("records every field, and the time of each actor", () => {
    const picture = published("turned by phone.jpg");
    expect(picture).toMatchObject({
      source: "upload",
      revision: "1",
      homeRegion: "eu-west-1",
      region: "eu-west-1",
      environment: "dev",
      availabilityZone: "euw1-az1",
      format: "jpeg",
      width: 1200,
      height: 1600,
      frames: 1,
      hasAlpha: false,
      greyscale: false,
      containsNudity: false,
      moderator: "nsfwjs",
      acceptedBy: "nsfwjs",
      baseFormat: "jpeg",
      attempts: { ingest: 1, moderate: 1, resize: 1, compress: 1, publish: 1 },
    });
    expect(picture.pictureId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(picture.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(picture.perceptualHash).toMatch(/^[0-9a-f]{16}$/);
    expect(picture.instanceId).toMatch(/\S/);
    expect(picture.containsNudityConfidence).toBeGreaterThanOrEqual(0);
    expect(picture.containsNudityConfidence).toBeLessThan(40);
    expect(picture.scaling).toMatch(/lanczos/i);
    expect(picture.bytesAfter).toBeLessThan(picture.bytesBefore);
    expect(Object.keys(picture.timings)).toEqual(["ingest", "moderate", "resize", "compress", "publish"]);
    for (const { startedAt, endedAt, ms } of Object.values(picture.timings))
      expect(Date.parse(endedAt) - Date.parse(startedAt)).toBe(ms);
  });

  it("makes 150 wide, 150 high, 50×50 in the box, and every responsive width in every format, never enlarged", () => {
    const sizes = (name: string) =>
      Object.fromEntries(
        published(name).renditions.map(({ name: rendition, width, height }) => [rendition, `${width}×${height}`]),
      );
    expect(sizes("turned by phone.jpg")).toEqual({
      "w150.jpg": "150×200",
      "h150.jpg": "113×150",
      "box50.jpg": "38×50",
      ...Object.fromEntries(
        ["jpg", "webp", "avif"].flatMap((format) => [
          [`w320.${format}`, "320×427"],
          [`w640.${format}`, "640×853"],
          [`w1200.${format}`, "1200×1600"],
        ]),
      ),
    });
    expect(Object.values(sizes("small.png"))).toContain("90×60");
    expect(published("small.png").renditions.every(({ width }) => width <= 90)).toBe(true);
  });

  it("publishes files that are what their record says, upright, without a trace of the original's metadata", async () => {
    for (const name of ["turned by phone.jpg", "small.png", "web.webp"])
      for (const rendition of published(name).renditions) {
        const { bytes, headers } = await fetched(rendition.url);
        expect(bytes.length).toBe(rendition.bytesAfter);
        expect(headers.get("content-type")).toBe(`image/${rendition.format}`);
        expect(headers.get("cache-control")).toContain("immutable");
        expect(bytes.includes(canary)).toBe(false);
        const { width, height, format, exif, xmp, orientation } = await sharp(bytes).metadata();
        expect({ width, height, format: format === "heif" ? "avif" : format }).toEqual({
          width: rendition.width,
          height: rendition.height,
          format: rendition.format,
        });
        expect({ exif, xmp, orientation }).toEqual({ exif: undefined, xmp: undefined, orientation: undefined });
      }
  });

  it("shows the picture that came in: the pixels of every size agree with a plain resize of the original", async () => {
    const original = await makePhoto({ width: 1200, height: 1600, seed: 2, orientation: 6 });
    for (const rendition of published("turned by phone.jpg").renditions.filter(({ width }) => width >= 150)) {
      const { width, height } = rendition;
      const expected = await sharp(original)
        .autoOrient()
        .resize(width, height, { fit: "fill" })
        .removeAlpha()
        .raw()
        .toBuffer();
      const received = await sharp((await fetched(rendition.url)).bytes)
        .removeAlpha()
        .raw()
        .toBuffer();
      expect(meanDifference(expected, received), rendition.name).toBeLessThan(6);
    }
  });

  it("writes markup that fits the picture and that AMP's own validator passes", async () => {
    const { markup, renditions } = published("turned by phone.jpg");
    for (const { url } of renditions.filter(({ level }) => level.startsWith("w") && level !== "w150"))
      expect(markup.html).toContain(url);
    expect(markup.html).toMatch(/<img[^>]+width="1200" height="1600" alt=""/);
    expect((await ampValidator())(markup.amp)).toEqual([]);
  });

  it("keeps refused bytes aside, unread by anybody outside", async () => {
    const refused = pictures.get("cut.jpg") as PictureIn<"rejected">;
    expect(refused.quarantined).toBe(`refused/${refused.pictureId}`);
    expect((await fetch(`${host.url}/published/${refused.quarantined}`)).status).toBe(403);
    expect((await fetch(`${host.url}/aws/s3/darkroom-dev-quarantine-bucket/${refused.quarantined}`)).status).toBe(403);
  });

  it("starts again where it stood", async () => {
    await host.stop();
    host = await startProcess(join(scratch.dir, "data"), { port: Number(new URL(host.url).port) });
    expect(new Map((await allPictures(host.url)).map((picture) => [picture.name, picture]))).toEqual(pictures);
    await fetched(published("web.webp").url);
  });
});

function meanDifference(a: Buffer, b: Buffer): number {
  expect(b.length).toBe(a.length);
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += Math.abs(a[at]! - b[at]!);
  return sum / a.length;
}
