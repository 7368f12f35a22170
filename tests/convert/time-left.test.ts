import { expect, it } from "vitest";
import { timeLeft } from "../../cli/convert/time-left.ts";

it("tells rate and time left of each stage from its own start", () => {
  let now = 0;
  const left = timeLeft(() => now);
  expect(left("pictures", 1, 1001)).toBe("");
  now = 10_000;
  expect(left("pictures", 51, 1001)).toBe(", 5.0 a second, 4 min left");
  expect(left("pages", 1, 10)).toBe("");
  now = 11_000;
  expect(left("pages", 3, 10)).toBe(", 2.0 a second, 4 s left");
});
