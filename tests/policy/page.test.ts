import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { policyPage } from "../../policy/page.ts";
import { rules } from "../../policy/rules/index.ts";

const root = resolve(import.meta.dirname, "../..");

describe("docs/policy.md", () => {
  it("has the tables as the pack has them: npm run policy-page", async () => {
    expect(await readFile(resolve(root, "docs/policy.md"), "utf8")).toBe(await policyPage());
  });
});

describe("policy/rules", () => {
  it("holds one rule a file, by number and name, and the pack has all of them", () => {
    const files = globSync("policy/rules/[0-9]*.ts", { cwd: root }).sort();
    expect(files).toEqual(
      rules.map(({ control: { id, name } }) => `policy/rules/${String(id).padStart(2, "0")}-${name}.ts`),
    );
    expect(rules.map(({ control }) => control.id)).toEqual(rules.map((_, index) => index + 1));
  });

  it("has sentences that a person can follow", () => {
    for (const { control } of rules)
      for (const text of [control.checks, control.why, `X${control.mend}`]) expect(text).toMatch(/^[A-Z0-9].{15,}\.$/);
  });
});
