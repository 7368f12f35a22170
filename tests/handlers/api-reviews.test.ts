import { describe, expect, it } from "vitest";
import type { Decision } from "../../handlers/api/reviews.ts";
import { askToForget, tombstoneOf } from "../../handlers/forgetting.ts";
import { previewKey } from "../../handlers/object-keys.ts";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { startApi, withPictures } from "../fixtures/memory-api.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import { operatorArn, refusal } from "../fixtures/memory-frame.ts";
import { place } from "../fixtures/memory-ports.ts";

const rita = "rita@example.com";
const ann = "ann@example.com";
const pathOf = ({ pictureId }: Picture) => `/api/pictures/${pictureId}/review`;
const deciding = (body: unknown, by = rita) => ({ method: "POST", body, by });
const accept = { verdict: "accept", reason: "a statue" };
const reject = { verdict: "reject", reason: "Not ours." };
const at = "2026-11-23T15:00:00.000Z";

describe("POST /api/pictures/:id/review", () => {
  it.each([
    [rita, rita],
    ["operator", operatorArn],
  ])("accepts in the name of %s, and the picture goes on its way", async (by, name) => {
    const { ask, first, clock, catalog, ...world } = await withPictures(1);
    clock.now = new Date(at);
    const { status, body } = await ask(pathOf(first), deciding(accept, by));
    const { reason: _, ...cleared } = first;
    const expected = { ...cleared, status: "accepted", acceptedBy: name, acceptedAt: at };
    expect([status, body]).toEqual([200, { ...expected, reviewedBy: name, changedAt: at }]);
    expect(await catalog.get(first.pictureId)).toEqual(body);
    const chain = chainOf({ ...world, clock, catalog });
    for (const step of ["resize", "compress", "publish"] as const) await chain[step](first.pictureId);
    expect(await catalog.get(first.pictureId)).toMatchObject({ status: "published", acceptedBy: name });
  });

  it("rejects with the reason given, without the spaces around it", async () => {
    const { ask, first, clock, catalog } = await withPictures(1);
    clock.now = new Date(at);
    const { status, body } = await ask(pathOf(first), deciding({ ...reject, reason: "  Not ours.\n" }));
    const expected = { ...first, status: "rejected", reason: { code: "REVIEWED", sentence: "Not ours." } };
    expect([status, body]).toEqual([200, { ...expected, reviewedBy: rita, changedAt: at }]);
    expect(body).not.toHaveProperty("acceptedBy");
    expect(await catalog.get(first.pictureId)).toEqual(body);
  });

  it.each([accept, reject])("puts on record who said what, and takes the preview away: $verdict", async (said) => {
    const { ask, first, decisions, working } = await withPictures(2);
    expect(working.objects.has(previewKey(first.pictureId))).toBe(true);
    await ask(pathOf(first), deciding(said));
    expect(decisions).toEqual([{ pictureId: first.pictureId, ...said, by: rita, at: expect.any(String) }]);
    expect([...working.objects.keys()].filter((key) => key.startsWith("previews/"))).toHaveLength(1);
    expect(working.objects.has(previewKey(first.pictureId))).toBe(false);
  });

  it("shows, and takes away, the preview that lies in the picture's home, and takes a decision where that is out of reach", async () => {
    const away = new Map<string, Buffer>();
    let isLost = false;
    const there = async <T>(value: T) => {
      if (isLost) throw new Error("no answer");
      return value;
    };
    const workingElsewhere = new Map([
      [
        "eu-central-1",
        {
          read: (key: string) => there(away.get(key)),
          remove: (key: string) => there(void away.delete(key)),
        },
      ],
    ]);
    const { ask, fetch, pictures, catalog, working } = await withPictures(2, { workingElsewhere });
    for (const picture of pictures) {
      const key = previewKey(picture.pictureId);
      away.set(key, working.objects.get(key)!.bytes);
      await working.remove(key);
      await catalog.replace(picture, { ...picture, homeRegion: "eu-central-1" });
    }
    const [first, second] = pictures as [Picture, Picture];
    const shown = await fetch(`/api/pictures/${first.pictureId}/preview`, { by: rita });
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(away.get(previewKey(first.pictureId)));
    expect(await ask(pathOf(first), deciding(accept))).toMatchObject({ status: 200 });
    expect([...away.keys()]).toEqual([previewKey(second.pictureId)]);
    isLost = true;
    expect(await ask(pathOf(second), deciding(accept))).toMatchObject({ status: 200 });
    expect((await catalog.get(second.pictureId))?.status).toBe("accepted");
  });

  it("takes the preview away when it is asked again after a death in between", async () => {
    const { ask, first, working } = await withPictures(1);
    const preview = working.objects.get(previewKey(first.pictureId))!;
    await ask(pathOf(first), deciding(accept));
    working.objects.set(previewKey(first.pictureId), preview);
    expect(await ask(pathOf(first), deciding(accept))).toEqual(refusal("NOT_IN_REVIEW"));
    expect(working.objects.has(previewKey(first.pictureId))).toBe(false);
  });

  it("is on record before the picture moves, whatever happens then", async () => {
    const dying = new Error("The process dies.");
    const spoken: Decision[] = [];
    const audit = {
      add: async (said: Decision) => spoken.push(said) > 0,
      lose: async () => {},
      last: async () => spoken,
    };
    const { catalog, first } = await withPictures(1);
    const move = () => Promise.reject(dying);
    const { ask, faults } = startApi({ catalog: { ...catalog, move }, audit });
    expect(await ask(pathOf(first), deciding(accept))).toEqual(refusal("UNEXPECTED"));
    expect(faults).toEqual([dying]);
    expect(spoken).toMatchObject([{ ...accept, by: rita }]);
    expect(await catalog.get(first.pictureId)).toEqual(first);
    // And the other way round: what cannot be put on record does not happen.
    const mute = startApi({ catalog, audit: { ...audit, add: () => Promise.reject(dying) } });
    expect(await mute.ask(pathOf(first), deciding(accept))).toEqual(refusal("UNEXPECTED"));
    expect(await catalog.get(first.pictureId)).toEqual(first);
  });

  it("is decided by one person, when two are at it", async () => {
    const { first, catalog } = await withPictures(1);
    // Both look before either moves it.
    let looks = 0;
    const get: typeof catalog.get = async (id) => (looks++ < 2 ? first : catalog.get(id));
    const { ask, clock, decisions } = startApi({ catalog: { ...catalog, get } });
    const answers = await Promise.all([
      ask(pathOf(first), deciding(accept)),
      ask(pathOf(first), deciding(reject, "operator")),
    ]);
    clock.now = new Date(at);
    // Both are on record, and which of them did not take.
    expect(decisions.map(({ lost = false }) => lost).sort()).toEqual([false, true]);
    const { body } = await ask("/api/reviews", { by: rita });
    expect(body.decisions).toMatchObject([{ verdict: answers[0].status === 200 ? "accept" : "reject" }]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)).toEqual(refusal("NOT_IN_REVIEW"));
    expect(await ask(pathOf(first), deciding(reject))).toEqual(refusal("NOT_IN_REVIEW"));
    expect(await catalog.get(first.pictureId)).toEqual(answers.find(({ status }) => status === 200)?.body);
  });

  it("is decided by one person, when two speak in the same moment and the trail takes one", async () => {
    const taken = { add: async () => false, lose: async () => {}, last: async () => [] };
    const { ask, first, catalog } = await withPictures(1, { audit: taken });
    expect(await ask(pathOf(first), deciding(accept))).toEqual(refusal("NOT_IN_REVIEW"));
    expect(await catalog.get(first.pictureId)).toEqual(first);
  });

  it("has a picture gone through again that was forgotten while it was decided: a reminder was set for it", async () => {
    const { catalog, first } = await withPictures(1);
    const move: typeof catalog.move = async (from, to) => {
      if (from === "review") await forgotten();
      return catalog.move(from, to);
    };
    const { ask } = startApi({ catalog: { ...catalog, move } });
    expect(await ask(pathOf(first), deciding(reject))).toEqual(refusal("NOT_IN_REVIEW"));
    expect(await catalog.get(first.pictureId)).toMatchObject({ status: "forgetting" });
    // So it is for one who died after the reminder, and comes again.
    await forgotten();
    expect(await ask(pathOf(first), deciding(reject))).toEqual(refusal("NOT_IN_REVIEW"));
    expect(await catalog.get(first.pictureId)).toMatchObject({ status: "forgetting" });

    async function forgotten(): Promise<void> {
      await askToForget({ catalog, now: () => new Date(at) }, first.pictureId, rita);
      const asked = (await catalog.get(first.pictureId)) as PictureIn<"forgetting">;
      expect(await catalog.replace(asked, tombstoneOf(asked, place, { startedAt: at, endedAt: at, ms: 0 }))).toBe(true);
    }
  });

  it.each([accept, reject])("stands when the move was made but its answer was lost: $verdict", async (said) => {
    const { catalog, first } = await withPictures(1);
    const move: typeof catalog.move = async (...given) => !(await catalog.move(...given));
    const { ask, decisions } = startApi({ catalog: { ...catalog, move } });
    expect((await ask(pathOf(first), deciding(said))).status).toBe(200);
    expect(decisions).toEqual([{ pictureId: first.pictureId, ...said, by: rita, at: expect.any(String) }]);
  });

  it("is for reviewers and operators alone", async () => {
    const { ask, first, catalog, decisions } = await withPictures(1);
    expect(await ask(pathOf(first), deciding(accept, ann))).toEqual(refusal("NOT_ALLOWED"));
    expect(await ask(pathOf(first), { method: "POST", body: accept })).toEqual(refusal("SIGN_IN_FIRST"));
    expect(await catalog.get(first.pictureId)).toEqual(first);
    expect(decisions).toEqual([]);
  });

  it("is refused for a picture nobody knows, and for words that are no verdict", async () => {
    const { ask, first, catalog, decisions } = await withPictures(1);
    expect(await ask("/api/pictures/nobody/review", deciding(accept))).toEqual(refusal("NO_PICTURE"));
    const bad = [{}, { ...accept, verdict: "yes" }, { verdict: "accept" }, { ...accept, reason: 7 }];
    const empty = [
      { ...reject, reason: "" },
      { ...reject, reason: " \n" },
    ];
    for (const value of [...bad, ...empty, { ...accept, reason: "x".repeat(501) }])
      expect(await ask(pathOf(first), deciding(value))).toEqual(refusal("BAD_REVIEW"));
    expect(await ask(pathOf(first), deciding("{"))).toEqual(refusal("BAD_JSON"));
    expect(await catalog.get(first.pictureId)).toEqual(first);
    expect(decisions).toEqual([]);
    expect((await ask(pathOf(first), deciding({ ...accept, reason: "x".repeat(500) }))).status).toBe(200);
  });
});

describe("GET /api/reviews", () => {
  it("shows what waits and what was decided, newest first, with the names as they are now", async () => {
    const { ask, pictures, clock, chain } = await withSome();
    const [first, second, third] = pictures as [Picture, Picture, Picture];
    for (const [minute, [picture, said]] of (
      [
        [first, accept],
        [second, reject],
      ] as const
    ).entries()) {
      clock.now = new Date(Date.UTC(2026, 10, 23, 15, minute));
      await ask(pathOf(picture), deciding(said));
    }
    const { status, body } = await ask("/api/reviews", { by: rita });
    expect([status, body]).toEqual([
      200,
      {
        pictures: [third],
        decisions: [
          { pictureId: second.pictureId, ...reject, by: rita, at: "2026-11-23T15:01:00.000Z", name: second.name },
          { pictureId: first.pictureId, ...accept, by: rita, at, name: first.name },
        ],
      },
    ]);
    await ask(`/api/pictures/${first.pictureId}`, { method: "DELETE", by: "operator" });
    await chain.forget(first.pictureId);
    const names = (await ask("/api/reviews", { by: "operator" })).body.decisions.map(
      (one: { name: string }) => one.name,
    );
    expect(names).toEqual([second.name, ""]);
  });

  it("shows what waits, whatever came after it, two hundred at a time", async () => {
    const { ask, catalog, pictures } = await withSome();
    const [newest] = pictures as [Picture];
    const add = (i: number, status: "review" | "rejected", day: number) => {
      const enteredAt = new Date(Date.UTC(2026, 10, day, 12, 0, i)).toISOString();
      return catalog.add({ ...newest, pictureId: `${day}-${i}`, enteredAt, status } as Picture);
    };
    for (let i = 0; i < 1500; i++) await add(i, "rejected", 24);
    for (let i = 0; i < 198; i++) await add(i, "review", 22);
    const { body } = await ask("/api/reviews", { by: rita });
    expect(body.pictures).toHaveLength(200);
    expect(body.pictures.slice(0, 3)).toEqual(pictures);
    const rest = await ask(`/api/reviews?next=${body.next}`, { by: rita });
    expect(rest.body.pictures.map(({ pictureId }: Picture) => pictureId)).toEqual(["22-0"]);
    expect(rest.body).not.toHaveProperty("next");
  });

  it("shows fifty decisions", async () => {
    const asked: number[] = [];
    const last = async (count: number) => {
      asked.push(count);
      return [];
    };
    const audit = { add: async () => true, lose: async () => {}, last };
    expect((await startApi({ audit }).ask("/api/reviews", { by: rita })).body).toEqual({ pictures: [], decisions: [] });
    expect(asked).toEqual([50]);
  });

  it("is for reviewers and operators alone", async () => {
    expect(await startApi().ask("/api/reviews", { by: ann })).toEqual(refusal("NOT_ALLOWED"));
    expect(await startApi().ask("/api/reviews")).toEqual(refusal("SIGN_IN_FIRST"));
  });
});

async function withSome() {
  const started = await withPictures(3);
  return { ...started, chain: chainOf(started) };
}
