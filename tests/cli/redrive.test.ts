import { expect, it } from "vitest";
import { darkroom } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

const woken = { actor: "resize", reason: "RETRIES_SPENT", pictureId: "id1", outcome: "woken" };
const old = { ...woken, pictureId: "id2", outcome: "moved-on" };
const still = { ...woken, reason: "STOOD_STILL" };
const queued = { actor: "ingest", reason: "RETRIES_SPENT", outcome: "queued" };

it("redrive only says what it would do, of every part, and of each picture once", async () => {
  const { url, redrives } = await fakeDarkroom({ redrive: [[woken, old], [queued], [still]] });
  const { stdout, code } = await darkroom(["redrive", "--at", url]);
  expect(stdout.split("\n")).toEqual([
    "woken      resize      RETRIES_SPENT  id1",
    "moved-on   resize      RETRIES_SPENT  id2",
    "queued     ingest      RETRIES_SPENT",
    "To be put back on their way: 2; 1 of the letters are of no more use. Nothing was done; --yes does it.",
    "",
  ]);
  expect(code).toBe(0);
  expect(redrives).toEqual([{ really: false }, { really: false, next: "1" }, { really: false, next: "2" }]);
});

it("redrive --yes does it, to what was asked for alone", async () => {
  const { url, redrives } = await fakeDarkroom({ redrive: [[woken]] });
  const args = ["redrive", "--yes", "--actor", "resize", "--reason", "RETRIES_SPENT", "--picture", "id1", "--at", url];
  expect((await darkroom(args)).stdout).toMatch(/\nPut back on their way: 1\.\n$/);
  expect((await darkroom([...args, "--json"])).json()).toEqual({ done: true, found: [woken] });
  const asked = { actor: "resize", reason: "RETRIES_SPENT", pictureId: "id1", really: true };
  expect(redrives).toEqual([asked, asked]);
});

it("redrive says so where there is nothing to do", async () => {
  const { url } = await fakeDarkroom();
  expect(await darkroom(["redrive", "--at", url])).toMatchObject({
    code: 0,
    stdout: "Nothing was given up, and nothing stands still.\n",
  });
});

it("redrive does not say that all is well where it was asked for a part, nor takes a reason that there is not", async () => {
  const { url } = await fakeDarkroom();
  const part = await darkroom(["redrive", "--actor", "resise", "--at", url]);
  expect([part.code, part.stdout]).toEqual([0, expect.stringMatching(/^Nothing fits what was asked for\./)]);
  const wrong = await darkroom(["redrive", "--reason", "SPENT", "--at", url]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("RETRIES_SPENT, TOO_OLD, STOOD_STILL")]);
});
