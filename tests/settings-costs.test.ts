import { expect, it } from "vitest";
import { problems, settings } from "./fixtures/settings-of.ts";

it("prices and budgets are whole millionths of a dollar, however they are written", () => {
  expect(settings()).toMatchObject({ prices: { tinify: 9000, rekognition: 1000 }, budgets: {} });
  expect(settings().prices.http).toBeUndefined();
  const config = {
    "darkroom:prices": { tinify: 0.002, http: 0.000001 },
    "darkroom:budgets": { tinify: 20, rekognition: 0, http: 0.57 },
  };
  expect(settings(config)).toMatchObject({
    prices: { tinify: 2000, rekognition: 1000, http: 1 },
    budgets: { tinify: 20_000_000, rekognition: 0, http: 570_000 },
  });
});

it.each([
  [{ prices: { tinify: 0 } }, /^darkroom:prices\.tinify: expected more than nothing/],
  [{ prices: { rekognition: 0.0000001 } }, /^darkroom:prices\.rekognition: expected dollars with at most six digits/],
  [{ budgets: { tinify: -1 } }, /^darkroom:budgets\.tinify: /],
  [{ budgets: { tinyfy: 1 } }, /^darkroom:budgets\.tinyfy is not a setting/],
  [{ budgets: { http: 10 } }, /^darkroom:budgets\.http: .*pulumi config set --path darkroom:prices\.http/],
])("%j is refused in words", (values, problem) => {
  const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`darkroom:${key}`, value]));
  expect(problems(config)).toEqual([expect.stringMatching(problem)]);
});
