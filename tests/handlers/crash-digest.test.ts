import { describe, expect, it } from "vitest";
import { createDigest } from "../../handlers/digest/digest.ts";
import { workingDay } from "../fixtures/day.ts";
import { memoryWorld } from "../fixtures/memory-ports.ts";
import { mortal } from "../fixtures/mortal-world.ts";

/** By itself, because its chart is an SVG, which no process that has loaded the pictures' decoder reads. */

const day = [...workingDay("2026-11-22T00:00:00Z", 0.02)];

const deathsOf = (calls: number) =>
  (["before", "after"] as const).flatMap((when) => Array.from({ length: calls }, (_, i) => ({ when, call: i + 1 })));

describe("digest", () => {
  const to = ["ann@example.com", "bob@example.com"];

  async function prepare() {
    const world = memoryWorld();
    for (const picture of day) await world.catalog.add(picture);
    const { now, log } = world;
    const mails: string[] = [];
    const claims = new Set<string>();
    const run = ({ port }: Pick<ReturnType<typeof mortal>, "port">) => {
      const { standings, ...ports } = port({
        standings: async () => [],
        send: async ({ to: address }: { readonly to: string }) => void mails.push(address),
        claim: async (effect: string) => !claims.has(effect) && Boolean(claims.add(effect)),
        release: async (effect: string) => void claims.delete(effect),
      });
      const frame = { now, log, to, timeZone: "UTC", environment: "test", siteUrl: "https://pictures.example" };
      return createDigest({ ...frame, ...ports, standings, catalog: port(world.catalog) })({ day: "last" });
    };
    return { world, run, mails };
  }

  it("mails everybody at most once, whenever it dies, and everybody where nothing was claimed yet", async () => {
    const reference = await prepare();
    const { port, calls } = mortal(reference.world);
    await reference.run({ port });
    expect(reference.mails).toEqual(to);
    for (const death of deathsOf(calls())) {
      const { world, run, mails } = await prepare();
      await expect(run(mortal(world, death))).rejects.toBeDefined();
      await run(mortal(world));
      expect(new Set(mails).size, `${death.when} ${death.call}`).toBe(mails.length);
      if (death.when === "before" && death.call === 1) expect(mails).toEqual(to);
    }
  });
});
