import { describe, expect, it } from "vitest";
import { problems, settings } from "./fixtures/settings-of.ts";

const domain = { "darkroom:domain": "pictures.example.com" };
const regions = (...names: string[]) => ({ "darkroom:regions": names });

describe("Regions", () => {
  it("are the stack's own alone, unless more are named, and the home comes first", () => {
    expect(settings().regions).toEqual(["eu-west-1"]);
    expect(settings(regions()).regions).toEqual(["eu-west-1"]);
    expect(settings(regions("eu-west-1")).regions).toEqual(["eu-west-1"]);
    expect(settings({ ...regions("eu-west-1", "eu-central-1"), ...domain }).regions).toEqual([
      "eu-west-1",
      "eu-central-1",
    ]);
  });

  it.each([
    [["eu-central-1", "eu-west-1"], /^darkroom:regions: expected aws:region \(eu-west-1\) first/],
    [["eu-west-1", "eu-central-1", "eu-central-1"], /^darkroom:regions: eu-central-1 is named more than once$/],
    [["eu-west-1", "cn-north-1"], /^darkroom:regions: cn-north-1 lies in another partition of AWS than eu-west-1/],
    [["eu-west-1", "us-gov-west-1"], /^darkroom:regions: us-gov-west-1 lies in another partition/],
    [["eu-west-1", "Frankfurt"], /^darkroom:regions\.1: expected the name of a Region/],
    [["eu-west-1", "a-b-1", "a-b-2", "a-b-3", "a-b-4"], /^darkroom:regions: expected at most 4/],
  ])("are not %j", (names, problem) => {
    expect(problems({ ...regions(...names), ...domain })).toContainEqual(expect.stringMatching(problem));
  });

  it("need a domain when there is more than one, by which people are led to the other", () => {
    expect(problems(regions("eu-west-1", "eu-central-1"))).toEqual([
      expect.stringMatching(/^darkroom:regions: more than one Region needs darkroom:domain/),
    ]);
  });
});
