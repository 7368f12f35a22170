import { expect, it } from "vitest";
import { startApi, withPictures } from "../fixtures/memory-api.ts";
import { refusal } from "../fixtures/memory-frame.ts";

const ask = (body: unknown, by = "operator") => ["/api/redrive", { method: "POST", body, by }] as const;

it("is for operators", async () => {
  const api = startApi();
  expect(await api.ask("/api/redrive", { method: "POST", body: {} })).toEqual(refusal("SIGN_IN_FIRST"));
  for (const by of ["ann@example.com", "rita@example.com"])
    expect(await api.ask(...ask({}, by))).toEqual(refusal("NOT_ALLOWED"));
});

it("only says what it would do, unless it is told otherwise, part by part", async () => {
  const { kept, ...api } = await withPictures(1);
  const letter = { key: "k", actor: "pull", reason: "TOO_OLD", at: "", pictures: [] } as const;
  kept.set("k", letter);
  const dropped = { actor: "pull", reason: "TOO_OLD", outcome: "dropped" };
  const { status, body } = await api.ask(...ask({ actor: "pull" }));
  expect([status, body.found, kept.size]).toEqual([200, [dropped], 1]);
  const rest = await api.ask(...ask({ actor: "pull", next: body.next }));
  expect(rest.body.found).toEqual([]);
  expect((await api.ask(...ask({ next: rest.body.next }))).body).toEqual({ found: [] });
  expect((await api.ask(...ask({ really: true }))).body.found).toEqual([dropped]);
  expect(kept.size).toBe(0);
  expect(api.lines.filter(({ outcome }) => outcome === "redriven")).toMatchObject([{ details: { dropped: 1 } }]);
});

it.each([
  ["no part", { next: "{}" }, "BAD_PAGE"],
  ["no JSON", { next: "x" }, "BAD_PAGE"],
  ["a part that is none", { next: '{"part":"everything"}' }, "BAD_PAGE"],
  ["a letter that is no key", { next: JSON.stringify({ part: "letters", from: "\ud800" }) }, "BAD_PAGE"],
  ["a letter whose key is too long", { next: JSON.stringify({ part: "letters", from: "é".repeat(513) }) }, "BAD_PAGE"],
  ["a record where no stretch ended", { next: '{"part":"records","from":"x"}' }, "BAD_PAGE"],
  ["a wish of another type", { really: "yes" }, "BAD_REDRIVE"],
] as const)("refuses %s", async (_, body, code) => {
  expect(await startApi().ask(...ask(body))).toEqual(refusal(code));
});
