import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Count, People } from "../../handlers/api/types.ts";

export interface PeopleRig {
  readonly people: People & { readonly count: Count };
  readonly clock: { now: Date };
  close(): Promise<void>;
}

/** What the API relies on of whoever keeps codes, sessions and counters. */
export function peopleContract(name: string, open: () => Promise<PeopleRig>) {
  describe(`codes, sessions and counters ${name}`, () => {
    let rig: PeopleRig;
    beforeAll(async () => {
      rig = await open();
    });
    afterAll(() => rig.close());
    const inSeconds = (seconds: number) => new Date(rig.clock.now.getTime() + seconds * 1000);
    const pass = (seconds: number) => {
      rig.clock.now = inSeconds(seconds);
    };
    const email = "ann@example.com";

    it("gives a code's owner once", async () => {
      await rig.people.keepCode("c1", { email, until: inSeconds(60) });
      await rig.people.keepCode("c2", { email: "bob@example.com", until: inSeconds(60) });
      expect(await rig.people.takeCode("c1")).toBe(email);
      expect(await rig.people.takeCode("c1")).toBeUndefined();
      expect(await rig.people.takeCode("c2")).toBe("bob@example.com");
      expect(await rig.people.takeCode("never")).toBeUndefined();
    });

    it("gives it to one only of many who come at once", async () => {
      await rig.people.keepCode("c3", { email, until: inSeconds(60) });
      const taken = await Promise.all(Array.from({ length: 8 }, () => rig.people.takeCode("c3")));
      expect(taken.filter((owner) => owner !== undefined)).toEqual([email]);
    });

    it("does not take a code for a session, or a session for a code", async () => {
      await rig.people.keepCode("x1", { email, until: inSeconds(60) });
      await rig.people.keepSession("x2", { email, until: inSeconds(60) });
      expect(await rig.people.session("x1")).toBeUndefined();
      expect(await rig.people.takeCode("x2")).toBeUndefined();
    });

    it("forgets both when their time has come, whether or not the items are gone", async () => {
      for (const hash of ["t1", "t2"]) {
        await rig.people.keepCode(hash, { email, until: inSeconds(60) });
        await rig.people.keepSession(hash, { email, until: inSeconds(60) });
      }
      pass(59);
      expect([await rig.people.takeCode("t1"), await rig.people.session("t1")]).toEqual([email, email]);
      pass(1);
      expect([await rig.people.takeCode("t2"), await rig.people.session("t2")]).toEqual([undefined, undefined]);
    });

    it("keeps a session until it is ended; ending it again is nothing", async () => {
      await rig.people.keepSession("s1", { email, until: inSeconds(60) });
      expect([await rig.people.session("s1"), await rig.people.session("s1")]).toEqual([email, email]);
      await rig.people.endSession("s1");
      await rig.people.endSession("s1");
      expect(await rig.people.session("s1")).toBeUndefined();
    });

    it("counts each thing, each person and each window by itself", async () => {
      rig.clock.now = new Date("2026-11-23T12:50:00Z");
      const { count } = rig.people;
      expect(await count("asked", "203.0.113.7", 3600)).toEqual({ count: 1, secondsLeft: 600 });
      expect(await count("asked", "203.0.113.7", 3600, 5)).toEqual({ count: 6, secondsLeft: 600 });
      expect(await count("asked", "203.0.113.8", 3600)).toEqual({ count: 1, secondsLeft: 600 });
      expect(await count("tried", "203.0.113.7", 3600)).toEqual({ count: 1, secondsLeft: 600 });
      pass(600);
      expect(await count("asked", "203.0.113.7", 3600)).toEqual({ count: 1, secondsLeft: 3600 });
    });

    it("loses no count when many come at once", async () => {
      const counted = await Promise.all(Array.from({ length: 10 }, () => rig.people.count("rush", "x", 3600)));
      expect(counted.map(({ count }) => count).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
  });
}
