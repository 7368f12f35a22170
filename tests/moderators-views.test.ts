import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { framesOf, jpegsOf, squaresOf } from "../providers/moderators/preview.ts";
import { ModeratorError } from "../providers/moderators/types.ts";
import { worstOf } from "../providers/moderators/worst.ts";
import { animated, noise, pictures, still, toImage } from "./contract/moderator-pictures.ts";

const side = 224;
async function all(views: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const buffers: Buffer[] = [];
  for await (const view of views) buffers.push(view);
  return buffers;
}
const squares = (image: Parameters<typeof squaresOf>[1]) => all(squaresOf("any", image, side));
const jpegs = async (image: Parameters<typeof jpegsOf>[1]) =>
  Promise.all((await all(jpegsOf("any", image))).map(toImage));
const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } });
const pixel = (square: Buffer, x: number, y: number) => [
  ...square.subarray((y * side + x) * 3, (y * side + x) * 3 + 3),
];
const middle = (square: Buffer) => pixel(square, side / 2, side / 2);
const [red, blue, grey] = [
  [255, 0, 0],
  [0, 0, 255],
  [128, 128, 128],
];

describe("the frames looked at", () => {
  it.each([
    [1, [0]],
    [2, [0, 1]],
    [4, [0, 1, 2, 3]],
    [12, [0, 3, 6, 8, 11]],
    [300, [0, 75, 150, 224, 299]],
  ])("of %i are %j", (frames, expected) => expect(framesOf({ frames })).toEqual(expected));

  it("are those frames, in their order", async () => {
    const frames = [flat(60, 60, "#ff0000"), flat(60, 60, "#808080"), flat(60, 60, "#0000ff")];
    expect((await squares(await animated(frames))).map(middle)).toEqual([red, grey, blue]);
  });
});

describe("the squares for a classifier", () => {
  it.each(Object.entries(pictures))("are whole and hold three channels for a picture that is %s", async (_, make) => {
    const views = await squares(await make());
    expect(views.length).toBeGreaterThan(0);
    expect(views.length).toBeLessThanOrEqual(5);
    for (const view of views) expect(view.length).toBe(side * side * 3);
  });

  it("hold a picture up to 2:1 once, squeezed, corner to corner", async () => {
    const views = await squares(await still(flat(400, 200, "#ff0000")));
    expect(views.map((view) => [pixel(view, 0, 0), pixel(view, side - 1, side - 1)])).toEqual([[red, red]]);
  });

  it("hold a picture beyond 2:1 padded, not squeezed", async () => {
    const views = await squares(await still(flat(250, 100, "#ff0000")));
    expect(views.map((view) => [pixel(view, 112, 0), middle(view), pixel(view, 112, 223)])).toEqual([
      [grey, red, grey],
    ]);
  });

  it.each([
    ["wide", { width: 1800, height: 200 }, { width: 900, height: 200, left: 900, top: 0 }],
    ["tall", { width: 200, height: 1800 }, { width: 200, height: 900, left: 0, top: 900 }],
  ])("go along a %s picture from end to end", async (_, { width, height }, { left, top, ...half }) => {
    const input = await flat(half.width, half.height, "#0000ff").png().toBuffer();
    const views = await squares(await still(flat(width, height, "#ff0000").composite([{ input, left, top }])));
    expect(views).toHaveLength(3);
    expect([middle(views[0]!), middle(views[2]!)]).toEqual([red, blue]);
  });

  it("are upright", async () => {
    const input = await flat(30, 30, "#0000ff").png().toBuffer();
    const turned = flat(60, 60, "#ff0000")
      .composite([{ input, left: 0, top: 0 }])
      .withMetadata({ orientation: 6 });
    const [view] = await squares(await toImage(await turned.png().toBuffer()));
    expect([pixel(view!, 20, 20), pixel(view!, 200, 20)]).toEqual([red, blue]);
  });

  it("show both white and black drawings on a transparent ground", async () => {
    const [view] = await squares(await pictures["wholly transparent"]());
    expect(middle(view!)).toEqual(grey);
  });
});

describe("the JPEGs for a service", () => {
  it.each(Object.entries(pictures))("are within bounds for a picture that is %s", async (_, make) => {
    for (const { format: type, bytes, width, height } of await jpegs(await make())) {
      expect(type).toBe("jpeg");
      expect(bytes.length).toBeLessThanOrEqual(5 * 1024 * 1024);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(80);
      expect(Math.max(width, height)).toBeLessThanOrEqual(10_000);
    }
  });

  it.each([
    ["as it is when that suits", [640, 480], [640, 480]],
    ["enlarged when small, not lost in padding", [40, 20], [160, 80]],
    ["shrunk when large", [5000, 4000], [1789, 1431]],
    ["long, with the detail across kept", [12_000, 600], [7155, 358]],
  ])("hold a picture %s", async (_, [width, height], [expectedWidth, expectedHeight]) => {
    const image = await still(await noise(1, "#806040", width!, height!));
    expect(await jpegs(image)).toMatchObject([{ width: expectedWidth, height: expectedHeight }]);
  });
});

it("gives no answer when there is nothing to look at", async () => {
  const nothing = worstOf("any", (async function* () {})(), () => expect.fail("expected not to be asked"));
  await expect(nothing).rejects.toBeInstanceOf(ModeratorError);
});
