import { describe, expect, it } from "vitest";
import { catchFault } from "./catch.ts";
import { faults } from "./faults.ts";
import { play } from "./schedule.ts";

/** Measured to take less than half a minute; `npm run simulate` plays as many as are wanted. */
const schedules = 400;
const parts = 10;

describe("the real handlers, whatever happens to them", () => {
  const [only] = [process.env["SIM_SEED"]].filter(Boolean).map(Number);
  const seedsOf = (part: number) =>
    only === undefined
      ? Array.from({ length: schedules / parts }, (_, index) => part * (schedules / parts) + index + 1)
      : [only];

  it.each(Array.from({ length: only === undefined ? parts : 1 }, (_, part) => part))(
    "bring every picture to its end, once, and leave nothing lying about (part %i)",
    async (part) => {
      for (const seed of seedsOf(part)) {
        const { violations } = await play(seed);
        expect(violations, `replay it: npm run simulate -- --seed ${seed} --trace`).toEqual([]);
      }
    },
  );

  it("do the same again for the same seed", async () => {
    const told = async () => {
      const lines: string[] = [];
      await play(7, { trace: (line) => lines.push(line) });
      return lines;
    };
    const lines = await told();
    expect(lines.length).toBeGreaterThan(50);
    expect(await told()).toEqual(lines);
  });
});

describe("a mistake", () => {
  it("can be made in many ways, each of which has a name", () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    expect(faults.length).toBeGreaterThanOrEqual(20);
  });

  it.each(faults)("is caught: $name", async (fault) => {
    expect(await catchFault(fault)).toHaveProperty("seed");
  });
});
