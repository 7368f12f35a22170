import { describe, expect, it } from "vitest";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { ANIMATION_BUDGET, sizesOf, withinBudget } from "../../handlers/pixels/levels.ts";
import { resize } from "../../handlers/pixels/resize.ts";
import { limitOptions, renditionOptions } from "../../options.ts";
import { animation, frameColour } from "../fixtures/odd-pictures.ts";

const limits = limitOptions.parse(undefined);
const options = renditionOptions.parse(undefined);

async function develop(bytes: Buffer, widths = options.widths) {
  const answer = await inspect(bytes, limits);
  if (answer.verdict === "reject") throw new Error(answer.reason.sentence);
  return resize(bytes, answer.seen, { ...options, widths }, limits);
}

describe.each(["gif", "webp"] as const)("an animated %s", (format) => {
  it("keeps frames, timing and repetition in its responsive levels, and is still in the small ones", async () => {
    const { resized } = await develop(await animation(400, 300, 5, format));
    expect(resized.baseFormat).toBe("gif");
    expect(resized.note).toBeUndefined();
    const still = { frames: 1, delay: [], loop: 0, formats: ["jpeg"] };
    const moving = { frames: 5, delay: [80, 160, 80, 160, 80], loop: 3, formats: ["gif", "webp"] };
    const suited = format === "gif" ? { ...still, formats: ["png"] } : still;
    expect(resized.levels).toMatchObject([
      { name: "w150", width: 150, height: 113, ...suited },
      { name: "h150", width: 200, height: 150, ...suited },
      { name: "box50", width: 50, height: 38, ...suited },
      { name: "w320", width: 320, height: 240, ...moving },
      { name: "w400", width: 400, height: 300, ...moving },
    ]);
  });

  it("lets no frame bleed into the next", async () => {
    const { pixels } = await develop(await animation(400, 300, 4, format));
    const { width, height, channels, data } = pixels.find(({ name }) => name === "w320")!;
    for (let frame = 0; frame < 4; frame++)
      for (const row of [0, height - 1]) {
        const at = (frame * height + row) * width * channels;
        for (const [channel, value] of frameColour(frame).entries())
          expect(Math.abs((data[at + channel] as number) - value), `frame ${frame}, row ${row}`).toBeLessThanOrEqual(6);
      }
  });
});

describe("the budget of an animation", () => {
  const sizes = sizesOf({ width: 2000, height: 1000 }, [320, 640, 1280]);

  it("leaves out the levels that are too much, and says so", () => {
    const { moving, still, note } = withinBudget(sizes, 100);
    expect(moving.map(({ name }) => name)).toEqual(["w320", "w640"]);
    expect(still.map(({ name }) => name)).toEqual(["w150", "h150", "box50"]);
    expect(note).toBe("The animation was not made at w1280: there 100 frames would exceed 40 megapixels.");
    for (const { width, height } of moving) expect(width * height * 100).toBeLessThanOrEqual(ANIMATION_BUDGET);
  });

  it("falls back to the first frame where no level fits", () => {
    const { moving, still, note } = withinBudget(sizes, 1000);
    expect(moving).toEqual([]);
    expect(still).toEqual(sizes);
    expect(note).toBe("Reduced to its first frame: at every width 1000 frames would exceed 40 megapixels.");
  });

  it("asks nothing of a still picture", () => {
    expect(withinBudget(sizes, 1)).toEqual({ moving: [], still: sizes });
  });

  it("makes a still picture of an animation that fits nowhere", async () => {
    const { resized } = await develop(await animation(1000, 1000, 41), [1000]);
    expect(resized.baseFormat).toBe("jpeg");
    expect(resized.note).toMatch(/first frame/);
    expect(resized.levels.at(-1)).toMatchObject({ name: "w1000", frames: 1, formats: ["jpeg", "webp", "avif"] });
  });
});
