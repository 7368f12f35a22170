import { describe, expect, it } from "vitest";
import { brokenVariantsOf } from "../contract/source/broken.ts";
import { sourceCases } from "../contract/source.ts";

/** What no spoilt source stands for: the case is a help to the others, or its failure is a crash. */
const unguarded = [
  "lists nothing of an empty place, and gives a cursor all the same",
  "reads a file of many pieces, and one of a single byte",
  "lets go of a stream that nobody wants any more",
];

describe("the source contract", () => {
  it("has a spoilt source for each of its cases, which the case must catch", () => {
    const guarded = new Set(brokenVariantsOf(sourceCases).map(({ caughtBy }) => caughtBy.title));
    expect(sourceCases.map(({ title }) => title).filter((title) => !guarded.has(title))).toEqual(unguarded);
  });

  it("gives every case a name of its own", () => {
    expect(new Set(sourceCases.map(({ title }) => title)).size).toBe(sourceCases.length);
  });
});
