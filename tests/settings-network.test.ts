import { describe, expect, it } from "vitest";
import { sixteenthOf } from "../components/subnets.ts";
import { problems, settings } from "./fixtures/settings-of.ts";

describe("a network", () => {
  it("is there when the stack names something of it, with defaults for the rest", () => {
    expect(settings().network).toBeUndefined();
    expect(settings({ "darkroom:network": {} }).network).toBeUndefined();
    expect(settings({ "darkroom:network": { zones: 3 } }).network).toEqual({
      zones: 3,
      cidr: "10.0.0.0/16",
      internet: "outside",
    });
    const zones = ["eu-west-1a", "us-gov-west-1b"];
    expect(settings({ "darkroom:network": { zones } }).network).toMatchObject({ zones });
  });

  it.each([
    [{ zones: 1 }, /^darkroom:network\.zones: /],
    [{ zones: ["eu-west-1a"] }, /^darkroom:network\.zones: /],
    [{ zones: ["eu-west-1a", "eu-west-1a"] }, /^darkroom:network\.zones: /],
    [{ zones: ["eu-west-1a", "b"] }, /^darkroom:network\.zones\.1: expected the name of an availability zone/],
    [{ cidr: "10.0.0.0/8" }, /^darkroom:network\.cidr: expected a private network of \/16 to \/22/],
    [{ cidr: "10.0.0.0/23" }, /^darkroom:network\.cidr: /],
    [{ cidr: "10.0.1.0/16" }, /^darkroom:network\.cidr: /],
    [{ cidr: "10.300.0.0/16" }, /^darkroom:network\.cidr: /],
    [{ cidr: "8.8.0.0/16" }, /^darkroom:network\.cidr: /],
    [{ internet: "igw" }, /^darkroom:network\.internet: /],
    [{ nat: true }, /^darkroom:network\.nat is not a setting$/],
  ])("is not %j", (network, problem) => {
    expect(problems({ "darkroom:network": network })).toEqual([expect.stringMatching(problem)]);
  });

  it("is cut into sixteenths", () => {
    expect(["10.0.0.0/16", "192.168.252.0/22"].map((cidr) => sixteenthOf(cidr, 0))).toEqual([
      "10.0.0.0/20",
      "192.168.252.0/26",
    ]);
    expect(sixteenthOf("10.0.0.0/16", 14)).toBe("10.0.224.0/20");
    expect(sixteenthOf("192.168.252.0/22", 15)).toBe("192.168.255.192/26");
  });
});
