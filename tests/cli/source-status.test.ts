import { expect, it, onTestFinished, vi } from "vitest";
import { fakeDarkroom } from "./fake-darkroom.ts";
import { refused, run } from "./source-command.ts";

const now = Date.parse("2026-11-23T12:00:00.000Z");
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

const campaigns = {
  name: "campaigns",
  kind: "dropbox",
  every: "5 minutes",
  lastPollAt: at(-2),
  lastWellAt: at(-2),
  cursorMovedAt: at(-180),
  taken: 1204,
  skipped: { "not-an-image": 10, "too-large": 2 },
  failed: 1,
  deleted: 4,
  writtenBack: 1100,
  nextPollAt: at(3),
  hook: { expiresAt: at(3000) },
};
const none = { skipped: {}, failed: 0, deleted: 0, writtenBack: 0 };
const trouble = { code: "AUTH", sentence: "Re-authorise source team.", since: at(-60), needsPerson: true };
const team = { name: "team", kind: "google-drive", every: "1 hour", taken: 0, ...none, trouble };
const refusedHook = { trouble: { code: "FORBIDDEN", sentence: "It may not watch." } };
const fresh = { hook: refusedHook, name: "new", kind: "s3", every: "1 hour", taken: 0, ...none };

async function standing(sources: readonly object[], ...args: string[]) {
  const { url } = await fakeDarkroom({ sources });
  vi.spyOn(Date, "now").mockReturnValue(now);
  onTestFinished(() => void vi.restoreAllMocks());
  return run(["status", ...args, "--at", url]);
}

it("tells how each source stands, a line each, then what there is to say of it", async () => {
  const { code, stdout } = await standing([campaigns, fresh]);
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["source", "kind", "stands", "last look", "cursor moved", "taken", "skipped", "failed", "next look"],
    ["campaigns", "dropbox", "well", "2 min ago", "3 h ago", "1204", "12", "1", "in 3 min"],
    ["new", "s3", "not yet looked at", "never", "never", "0", "0", "0", "unknown"],
    ["campaigns: skipped 10 not-an-image, 2 too-large"],
    ["campaigns: 4 were deleted there since"],
    ["campaigns: the results of 1100 were written back"],
    [`campaigns: is called back until ${at(3000)}`],
    ["new: is not called back: It may not watch."],
    [""],
  ]);
  expect(code).toBe(0);
});

it("ends with 1 where one is in trouble, and says whether a person is needed", async () => {
  const { code, stdout } = await standing([campaigns, team]);
  expect(stdout).toMatch(/^team +google-drive +AUTH /m);
  expect(stdout).toContain("team: Re-authorise source team. So since 1 h ago. It needs a person.\n");
  expect(code).toBe(1);
});

it("looks at one source alone, when it is named", async () => {
  const { code, stdout } = await standing([campaigns, team], "campaigns", "--json");
  expect(JSON.parse(stdout)).toEqual({ sources: [campaigns] });
  expect(code).toBe(0);
  expect(await refused(standing([campaigns, team], "desk"))).toEqual({
    code: "SOURCE_UNKNOWN",
    message: "Expected desk among the sources, found campaigns, team.",
  });
});

it("has nothing to tell where there are none", async () => {
  expect(await standing([])).toMatchObject({ code: 0, stdout: "There are no sources.\n" });
});
