import { expect, it } from "vitest";
import { packFiles } from "../../handlers/pack.ts";
import type { PictureIn } from "../../handlers/record.ts";
import { renditionOptions } from "../../options.ts";
import { chainOf, fewRenditions } from "../fixtures/memory-chain.ts";
import { memoryWorld } from "../fixtures/memory-ports.ts";
import { animation, quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(60, 40).jpeg().toBuffer();

async function compressed(bytes: Buffer = jpeg, renditions = fewRenditions) {
  const world = memoryWorld();
  const chain = chainOf(world, { renditions });
  world.incoming.put("uploads/1", bytes);
  const [picture] = await chain.send("uploads/1", "compress");
  const before = picture as PictureIn<"compressed">;
  const { pictureId } = before;
  return { world, chain, pictureId, before, record: () => world.catalog.records.get(pictureId)! };
}

it("shows every rendition at its key, as its type, for ever", async () => {
  const { world, chain, pictureId, before, record } = await compressed();
  await chain.publish(pictureId);
  const types = { jpeg: "image/jpeg", webp: "image/webp" } as Record<string, string>;
  expect([...world.published.objects]).toEqual(
    before.renditions.map(({ key, level, width, height, format }) => [
      key,
      expect.objectContaining({
        bytes: Buffer.from(`${level} ${width}x${height} ${format}`),
        contentType: types[format],
        cacheControl: "public, max-age=31536000, immutable",
        metadata: {},
      }),
    ]),
  );
  const at = "2026-11-23T12:00:00.000Z";
  const published = record() as PictureIn<"published">;
  expect(published).toEqual({
    ...before,
    status: "published",
    url: published.url,
    markup: published.markup,
    publishedAt: at,
    timings: { ...before.timings, publish: { startedAt: at, endedAt: at, ms: 0 } },
    attempts: { ...before.attempts, publish: 1 },
  });
  expect(published.markup.amp).toMatch(/^<amp-img /);
  expect(published.markup.html).toMatch(/^<picture/);
});

const photo = await quadrants(300, 400).jpeg().toBuffer();
const moving = await animation(90, 60, 3, "gif");
it.each([
  ["a photograph", photo, ["jpeg", "webp", "avif"], "w200.jpg"],
  ["a photograph without JPEG", photo, ["webp", "avif"], "w200.webp"],
  ["a photograph in AVIF alone", photo, ["avif"], "w200.avif"],
  ["an animation", moving, ["webp", "jpeg"], "w90.gif"],
  ["an animation in AVIF alone, which does not move", moving, ["avif"], "w90.gif"],
])("gives %s an address: its largest rendition, in its base format where there is one", async (...given) => {
  const [, bytes, formats, name] = given;
  const { chain, pictureId, record } = await compressed(bytes, renditionOptions.parse({ widths: [40, 200], formats }));
  await chain.publish(pictureId);
  const { url, renditions, markup } = record() as PictureIn<"published">;
  expect(renditions.find((one) => one.url === url)?.name).toBe(name);
  for (const snippet of Object.values(markup)) expect(snippet).toContain('alt=""');
});

it.each([undefined, ""])("refuses a picture that nobody accepted (acceptedBy: %j)", async (acceptedBy) => {
  const { world, chain, pictureId, before, record } = await compressed();
  const forged = { ...before, acceptedBy } as PictureIn<"compressed">;
  await world.catalog.move("compressed", forged);
  await expect(chain.publish(pictureId)).rejects.toThrow("NOT_ACCEPTED");
  expect(world.published.objects.size).toBe(0);
  expect(record().status).toBe("compressed");
});

it("refuses a pack that is missing, short or another's, and shows no picture of it as published", async () => {
  const { world, chain, pictureId, before, record } = await compressed();
  const key = before.pack;
  const [first, second] = before.renditions.map(({ name }) => ({ name, bytes: Buffer.from("x") }));
  const put = async (files: Parameters<typeof packFiles>[0]) => world.working.put(key, await packFiles(files));
  world.working.objects.delete(key);
  await expect(chain.publish(pictureId)).rejects.toThrow("PACK_MISSING");
  await put([first!, second!]);
  await expect(chain.publish(pictureId)).rejects.toThrow("PACK_SHORT");
  await put([first!, { name: "w9999.jpg", bytes: Buffer.from("x") }]);
  await expect(chain.publish(pictureId)).rejects.toThrow("PACK_STRANGE");
  await put([first!, first!]);
  await expect(chain.publish(pictureId)).rejects.toThrow("PACK_STRANGE");
  expect(record()).toEqual(before);
});

it("keeps no tar of what was handed on, once each step is on record", async () => {
  const { world, chain, pictureId, before } = await compressed();
  const folders = () => [...world.working.objects.keys()].map((key) => key.split("/", 1)[0]);
  expect(folders()).toEqual(["originals", "compressed"]);
  await chain.publish(pictureId);
  expect(folders()).toEqual(["originals"]);
  // One who comes late finds nothing to do, and one that was left by a death.
  world.working.put(before.pack, Buffer.from("left"));
  await chain.publish(pictureId);
  expect(folders()).toEqual(["originals"]);
});
