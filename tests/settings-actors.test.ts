import { describe, expect, it } from "vitest";
import { envOf } from "../handlers/env.ts";
import { problems, settings } from "./fixtures/settings-of.ts";

const colour = {
  name: "dominant-colour",
  code: "docs/examples/dominant-colour",
  runtime: "python3.13",
  handler: "handler.handle",
  on: "published",
};

describe("actors of the stack's own", () => {
  it("come with their defaults, and there are none where none are named", () => {
    expect(settings().actors).toEqual([]);
    expect(settings({ "darkroom:actors": [{ ...colour, reads: ["resized", "resized"] }] }).actors).toEqual([
      { ...colour, timeout: 30, memory: 256, architecture: "arm64", reads: ["resized"], environment: {} },
    ]);
  });

  it("say everything that is wrong at once", () => {
    const actors = [
      colour,
      colour,
      { ...colour, name: "resize", code: "/etc", on: "done" },
      { ...colour, name: "a".repeat(40), code: "../elsewhere", runtime: "python2.7" },
      { ...colour, name: "Big One", code: "docs/nowhere", timeout: 901, memory: 64 },
      { ...colour, name: "env", code: ".", environment: { AWS_REGION: "x", CATALOG_TABLE: "y", "A-B": "z" } },
      { ...colour, name: "long", code: "package.json", environment: { TEXT: "x".repeat(4000) }, handler: "a b" },
    ];
    const at = (index: number, rest: string) =>
      expect.stringMatching(new RegExp(`^darkroom:actors\\.${index}\\.${rest}`));
    expect(problems({ "darkroom:actors": actors })).toEqual([
      at(1, "name: there is another actor dominant-colour"),
      at(2, "name: Darkroom has an actor resize of its own"),
      at(2, "code: expected a folder inside the project.*received /etc"),
      at(3, "name: expected at most \\d\\d characters"),
      at(3, "code: expected a folder inside the project"),
      at(4, "code: expected a folder inside the project"),
      at(5, "code: expected a folder inside the project"),
      at(6, "code: expected a folder inside the project"),
      at(6, "environment: 4004 bytes"),
      at(2, "on: "),
      at(3, "runtime: "),
      at(4, "name: expected small letters"),
      at(4, "timeout: "),
      at(4, "memory: "),
      at(5, "environment.AWS_REGION: "),
      at(5, "environment.CATALOG_TABLE: "),
      at(5, "environment.A-B: "),
      at(6, "handler: "),
    ]);
  });

  it.each(Object.keys(envOf))("may not be called %s, as Darkroom's own is", (name) => {
    expect(problems({ "darkroom:actors": [{ ...colour, name }] })).toEqual([
      expect.stringContaining(`Darkroom has an actor ${name} of its own`),
    ]);
  });
});
