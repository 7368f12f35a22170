import { expect } from "vitest";
import { fileAt, isAt, last, listed, noise, readAll, refusal, type SourceCase, settled, tick, upserts } from "./rig.ts";

export const troubleCases: readonly SourceCase[] = [
  {
    title: "says RATE_LIMITED and for how long, and its cursor stays good",
    needs: "rateLimits",
    async run(rig) {
      const file = await listed(rig, "before.jpg", noise(1000));
      const cursor = await settled(rig);
      await rig.put("meanwhile.jpg", noise(1000));
      rig.faults.rateLimit?.(7);
      for (const call of [
        () => rig.fresh().changes(cursor),
        () => rig.fresh().changes(),
        () => readAll(rig.fresh(), file),
      ]) {
        const error = await refusal(call());
        expect(error.code).toBe("RATE_LIMITED");
        expect(error.retryAfterMs).toBeGreaterThan(5000);
        expect(error.retryAfterMs).toBeLessThanOrEqual(7000);
      }
      rig.faults.clear();
      fileAt(await tick(rig, cursor), "meanwhile.jpg");
      expect(await readAll(rig.fresh(), file)).toHaveLength(1000);
    },
  },
  {
    title: "says AUTH when its credentials are no longer good, and its cursor stays good",
    needs: "credentials",
    async run(rig) {
      const file = await listed(rig, "before.jpg", noise(1000));
      const cursor = await settled(rig);
      await rig.put("meanwhile.jpg", noise(1000));
      rig.faults.revoke?.();
      for (const call of [
        () => rig.fresh().changes(cursor),
        () => rig.fresh().changes(),
        () => readAll(rig.fresh(), file),
      ])
        expect((await refusal(call())).code).toBe("AUTH");
      rig.faults.clear();
      fileAt(await tick(rig, cursor), "meanwhile.jpg");
    },
  },
  {
    title: "checks itself without changing anything, and says what works",
    async run(rig) {
      for (const filled of [false, true]) {
        if (filled) await rig.put("there.jpg", noise(1000));
        const before = await rig.paths();
        const check = await rig.fresh().check();
        expect(check.findings.filter(({ ok }) => !ok)).toEqual([]);
        expect(check.ok).toBe(true);
        expect(check.findings.length).toBeGreaterThan(0);
        for (const { sentence } of check.findings) expect(sentence).toMatch(/\S \S.*\S$/s);
        expect(await rig.paths()).toEqual(before);
      }
    },
  },
  {
    title: "says in its check what is missing when its credentials are no longer good, and does not throw",
    needs: "credentials",
    async run(rig) {
      rig.faults.revoke?.();
      const check = await rig.fresh().check();
      expect(check.ok).toBe(false);
      expect(check.findings.some(({ ok }) => !ok)).toBe(true);
    },
  },
  {
    title: "answers NOT_FOUND to a read of a file that is gone",
    async run(rig) {
      const file = await listed(rig, "gone.jpg", noise(1000));
      await rig.remove("gone.jpg");
      expect((await refusal(readAll(rig.fresh(), file))).code).toBe("NOT_FOUND");
      expect(upserts(await tick(rig)).filter(({ path }) => isAt(path, "gone.jpg"))).toEqual([]);
    },
  },
  {
    title: "can be polled by two at once",
    async run(rig) {
      for (let i = 0; i < 12; i++) await rig.put(`both-${i}.jpg`, noise(100, i));
      const source = rig.fresh();
      const [one, other] = await Promise.all([source.changes(), source.changes()]);
      expect(upserts(one)).toEqual(upserts(other));
      const rest = await tick(rig, other.cursor);
      expect(upserts(one).length + upserts(rest).length).toBe(12);
      expect(upserts(await tick(rig, last(rest))).every(({ path }) => path.includes("both-"))).toBe(true);
    },
  },
];
