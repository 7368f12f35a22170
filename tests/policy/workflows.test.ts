import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly if?: string; readonly permissions?: unknown; readonly steps: readonly Step[] }>
  >;
}
interface Step {
  readonly uses?: string;
  readonly run?: string;
}

const folder = resolve(import.meta.dirname, "../../.github/workflows");
const workflows = globSync("*.yml", { cwd: folder })
  .sort()
  .map((name) => {
    const text = readFileSync(resolve(folder, name), "utf8");
    return { ...(parse(text) as Workflow), name, text };
  });
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

describe("the workflows in GitHub Actions", () => {
  it("use actions by commit, and say which version that is", () => {
    for (const { name, text } of workflows)
      for (const [line] of text.matchAll(/uses:.*/g)) expect(line, name).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+/);
  });

  it("have leave to read, and to prove who they are only where a role is taken", () => {
    for (const workflow of workflows) {
      const takesRole = stepsOf(workflow).some(({ uses }) => uses?.startsWith("aws-actions/"));
      const { name, permissions, jobs } = workflow;
      expect(permissions, name).toEqual({ contents: "read", ...(takesRole && { "id-token": "write" }) });
      for (const job of Object.values(jobs)) expect(job.permissions, name).toBeUndefined();
    }
  });

  it("hold no keys, and never run a stranger's code with a role", () => {
    for (const { name, text, on, jobs } of workflows) {
      expect(text, name).not.toMatch(/secrets\.|access-key|AWS_SECRET|pull_request_target/);
      if ("pull_request" in on && text.includes("id-token"))
        for (const job of Object.values(jobs)) expect(job.if).toMatch(/head\.repo\.full_name == github\.repository/);
    }
  });

  it("ask the policy pack, in preview and in update, right after they took the role", () => {
    const asked = workflows.flatMap((workflow) => {
      const steps = stepsOf(workflow);
      const at = steps.findIndex(({ uses }) => uses?.startsWith("aws-actions/"));
      return at < 0 ? [] : [[workflow.name, ...steps.slice(at + 1).map(({ run }) => run)]];
    });
    expect(asked).toEqual([
      ["preview.yml", expect.stringMatching(/ preview .*--policy-pack policy/)],
      ["update.yml", expect.stringMatching(/ up .*--policy-pack policy/)],
    ]);
  });

  it("put no text of others into a shell", () => {
    for (const workflow of workflows)
      for (const { run } of stepsOf(workflow)) expect(run ?? "", workflow.name).not.toContain("${{");
  });
});
