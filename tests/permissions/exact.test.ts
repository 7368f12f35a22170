import { existsSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Findings, findingsIn, nameOf } from "./findings.ts";

/**
 * Over every host that ran before: what each function calls it is granted, and what it is granted it calls. By itself,
 * `npm run permissions` runs the hosts first.
 */
describe("the permissions of all functions, over all that the hosts of this run did", () => {
  let found: Findings;
  beforeAll(() => {
    const dir = process.env["DARKROOM_TESTIMONY"]!;
    if (!existsSync(dir) || readdirSync(dir).length === 0)
      throw new Error("NO_TESTIMONY: expected hosts to have run before, but none has. Run `npm run permissions`.");
    found = findingsIn(dir);
    console.log(found.table);
  });

  it("are enough: no call was denied", () => {
    expect(found.denied.map(nameOf)).toEqual([]);
  });

  it("are not too many: each was used, or says why no host can use it", () => {
    expect(found.unused.map(nameOf)).toEqual([]);
  });

  it("are excused no longer than needed", () => {
    expect(found.needless).toEqual([]);
  });
});
