import { describe, expect, it } from "vitest";
import { withArchived, withPictures } from "../fixtures/memory-api.ts";
import { operatorArn, refusal } from "../fixtures/memory-frame.ts";

const asking = (body: unknown = {}, by = "operator") => ({ method: "POST", body, by });

describe("POST /api/pictures/:id/restore", () => {
  it("says on the record who wants the original back, how fast and for how long", async () => {
    const { ask, catalog, pictureId, now } = await withArchived();
    const before = await catalog.get(pictureId);
    const { status, body } = await ask(`/api/pictures/${pictureId}/restore`, asking({ tier: "bulk", days: 3 }));
    const restoring = { at: now().toISOString(), by: operatorArn, tier: "bulk", days: 3 };
    expect([status, body]).toEqual([
      202,
      { ...before, changedAt: restoring.at, archive: { ...before?.archive, turn: 2, restoring } },
    ]);
    expect(await catalog.get(pictureId)).toEqual(body);
  });

  it("may be asked again, which wakes the one who does it once more", async () => {
    const { ask, catalog, pictureId } = await withArchived();
    for (const turn of [2, 3]) {
      const { status } = await ask(`/api/pictures/${pictureId}/restore`, asking());
      expect([status, (await catalog.get(pictureId))?.archive]).toMatchObject([
        202,
        { turn, restoring: { tier: "standard", days: 7 } },
      ]);
    }
  });

  it("takes expedited where S3 does", async () => {
    const { ask, pictureId } = await withArchived("GLACIER");
    expect(await ask(`/api/pictures/${pictureId}/restore`, asking({ tier: "expedited" }))).toMatchObject({
      status: 202,
    });
  });

  it("is for operators, who alone see where originals lie", async () => {
    const { ask, pictureId } = await withArchived();
    for (const by of ["ann@example.com", "rita@example.com"])
      expect(await ask(`/api/pictures/${pictureId}/restore`, asking({}, by))).toEqual(refusal("NOT_ALLOWED"));
    expect((await ask(`/api/pictures/${pictureId}`, { by: "ann@example.com" })).body).not.toHaveProperty("archive");
    expect((await ask(`/api/pictures/${pictureId}`, { by: "operator" })).body).toHaveProperty("archive");
  });
});

describe("a picture that a reviewer refuses", () => {
  it("has a reminder of its original before it is refused; one that is accepted has none", async () => {
    const { ask, pictures, reminders, catalog, clock } = await withPictures(2);
    const [refused, accepted] = pictures.map(({ pictureId }) => pictureId);
    const decide = (id: string | undefined, verdict: string) =>
      ask(`/api/pictures/${id}/review`, asking({ verdict, reason: "Not ours." }, "rita@example.com"));
    const { move } = catalog;
    catalog.move = async (from, to) => {
      if (to.status === "rejected") expect(reminders.all.has(to.pictureId)).toBe(true);
      return move(from, to);
    };
    await decide(refused, "reject");
    await decide(accepted, "accept");
    expect([...reminders.all]).toEqual([[refused, new Date(clock.now.getTime() + 90 * 86_400_000)]]);
  });
});
