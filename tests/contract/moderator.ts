import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Sharp } from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type ModerationImage,
  type Moderator,
  ModeratorError,
  type ModeratorErrorCode,
} from "../../providers/moderators/types.ts";
import { animated, noise, pictures, still } from "./moderator-pictures.ts";

export interface ModeratorContract {
  /** A moderator that works. */
  readonly make: () => Moderator | Promise<Moderator>;
  /** Ways for it to have no answer, and what each must be called. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly when: string;
  readonly code: ModeratorErrorCode;
  readonly make: () => Moderator | Promise<Moderator>;
}

/** What every moderator promises, whoever answers behind it. */
export function moderatorContract(name: string, { make, failures }: ModeratorContract): void {
  describe(`moderator contract: ${name}`, () => {
    afterEach(() => void vi.restoreAllMocks());

    it.each(Object.keys(pictures))("has an answer for a picture that is %s", async (title) => {
      const screening = await (await make()).screen(await pictures[title as keyof typeof pictures]());
      expect(screening.confidence).toBeGreaterThanOrEqual(0);
      expect(screening.confidence).toBeLessThanOrEqual(100);
      expect(typeof screening.containsNudity).toBe("boolean");
      expect(screening.moderator).not.toBe("");
      for (const label of screening.labels) {
        expect(label.name).not.toBe("");
        expect(label.confidence).toBeGreaterThanOrEqual(0);
        expect(label.confidence).toBeLessThanOrEqual(100);
      }
    });

    it("answers for an animation as for the worst of its frames, wherever that is", async () => {
      const moderator = await make();
      const colours = ["#806070", "#e02020", "#a07030"];
      const [calm, red, brown] = (await Promise.all(colours.map((c, seed) => noise(seed, c)))) as [Sharp, Sharp, Sharp];
      const alone = [];
      for (const frame of [calm, red, brown]) alone.push((await moderator.screen(await still(frame))).confidence);
      expect(new Set(alone).size).toBe(3);
      for (const frames of [
        [calm, brown, red],
        [red, calm, brown],
        [calm, red, brown],
      ])
        expect((await moderator.screen(await animated(frames))).confidence).toBeCloseTo(Math.max(...alone), 0);
    });

    it("answers the same picture the same way twice", async () => {
      const moderator = await make();
      const image = await pictures.colourful();
      expect(await moderator.screen(image)).toEqual(await moderator.screen(image));
    });

    it("leaves the bytes as they were and writes nothing to the console", async () => {
      const spies = (["log", "info", "warn", "error", "debug"] as const).map((method) =>
        vi.spyOn(console, method).mockImplementation(() => {}),
      );
      const image = await pictures.colourful();
      const before = Buffer.from(image.bytes);
      await (await make()).screen(image);
      expect(image.bytes.equals(before)).toBe(true);
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    });

    it("keeps no hold of the bytes", async () => {
      const moderator = await make();
      const held = await (async () => {
        const image = await pictures.colourful();
        await moderator.screen(image);
        return new WeakRef(image.bytes);
      })();
      await vi.waitFor(
        () => {
          collectGarbage();
          expect(held.deref() === undefined).toBe(true);
        },
        { timeout: 10_000 },
      );
    });

    it("has no answer for bytes that are no picture", async () => {
      const image: ModerationImage = {
        bytes: Buffer.from("no picture"),
        format: "jpeg",
        width: 9,
        height: 9,
        frames: 1,
      };
      await expectNoAnswer(await make(), image, "BAD_ANSWER");
    });

    it.each(failures)("has no answer, and says $code, when $when", async ({ make, code }) => {
      await expectNoAnswer(await make(), await pictures.colourful(), code);
    });
  });
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function expectNoAnswer(moderator: Moderator, image: ModerationImage, code: ModeratorErrorCode): Promise<void> {
  const error = await moderator.screen(image).then(
    (screening) => expect.fail(`expected no answer, received ${JSON.stringify(screening)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModeratorError);
  expect((error as ModeratorError).code).toBe(code);
  expect((error as ModeratorError).message.length).toBeLessThan(400);
}
