import { describe, expect, it } from "vitest";
import { askToForget } from "../../handlers/forgetting.ts";
import { archivedFirst, broughtBack, daysLater, idIn, originals, recordIn, wantedBack } from "../fixtures/archiving.ts";
import { forget, jpeg, keysIn, settle, worldAt } from "../fixtures/forgetting.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import type { World } from "../fixtures/memory-ports.ts";
import { Crash, mortal } from "../fixtures/mortal-world.ts";

describe("a picture that is forgotten", () => {
  it.each([archivedFirst, wantedBack, broughtBack])(
    "leaves nothing of it in the archive, nor a reminder",
    async (before) => {
      const { world, pictureId } = await worldAt("publish");
      await before(world);
      await forget(world, pictureId);
      expect(keysIn(world)).toEqual([]);
      expect(recordIn(world)).not.toHaveProperty("archive");
    },
  );

  it("leaves no byte of a copy that was under way, to the archive or back, when everything else was deleted", async () => {
    const there = await worldAt("publish");
    daysLater(30)(there.world);
    const keep: World["archived"]["keep"] = async (from, to, storageClass) => {
      const object = { ...there.world.working.objects.get(from.key)!, storageClass };
      await forget(there.world, there.pictureId);
      there.world.archived.objects.set(to, object);
      return true;
    };
    const slow: World["archived"] = Object.assign(Object.create(there.world.archived), { keep });
    // The original was looked at before, too.
    const seen = await there.world.working.head(originals(there.world).working[0]!);
    const working = { ...there.world.working, head: async () => seen };
    await chainOf({ ...there.world, archived: slow, working } as World).archive(there.pictureId);
    expect(originals(there.world).archived).toHaveLength(1);
    await settle(there.world);
    expect(keysIn(there.world)).toEqual([]);

    const back = await worldAt("publish");
    await wantedBack(back.world, "GLACIER_IR");
    const copy = async (_from: unknown, to: string) => {
      await forget(back.world, back.pictureId);
      back.world.working.put(to, jpeg);
      return true;
    };
    await chainOf({ ...back.world, working: { ...back.world.working, copy } } as World).restore.begin(back.pictureId);
    await settle(back.world);
    expect(keysIn(back.world)).toEqual([]);
  });

  const cases: Record<string, { prepare: (world: World) => unknown; run: (world: World) => Promise<void> }> = {
    archive: { prepare: daysLater(30), run: (world) => chainOf(world).archive(idIn(world)) },
    "archive again": {
      async prepare(world) {
        await broughtBack(world);
        daysLater(7)(world);
      },
      run: (world) => chainOf(world).archive(idIn(world)),
    },
    "begin to restore": {
      prepare: (world) => wantedBack(world, "GLACIER_IR"),
      run: (world) => chainOf(world).restore.begin(idIn(world)),
    },
    "finish to restore": {
      async prepare(world) {
        await wantedBack(world);
        await chainOf(world).restore.begin(idIn(world));
        world.archived.thawed();
      },
      // The id is what a late event still knows.
      run: (world) => chainOf(world).restore.finish(`originals/${idIn(world)}.0.jpeg`),
    },
  };

  it.each(Object.entries(cases))("while somebody is to %s leaves no byte that came later", async (_, given) => {
    const prepared = async () => {
      const { world, pictureId } = await worldAt("publish");
      await given.prepare(world);
      return { world, pictureId };
    };
    const counted = mortal((await prepared()).world);
    await given.run(counted.world);
    for (let call = 1; call <= counted.calls(); call++)
      for (let death = call; death <= counted.calls() + 4; death++)
        for (const when of ["before", "after"] as const) {
          const { world, pictureId } = await prepared();
          const happens = async () => {
            expect(await askToForget(world, pictureId, "ann@example.com")).toBe(true);
            await settle(world);
          };
          const dying = mortal(world, { when, call: death, meanwhile: { call, happens } });
          const ended = await given.run(dying.world).catch((error: unknown) => error);
          if (ended !== undefined && !(ended instanceof Crash)) expect((ended as Error).message).toMatch(/^[A-Z_]+: /);
          await settle(world);
          // Only what fails is sure to be delivered again.
          if (ended !== undefined) await given.run(world);
          await settle(world);
          expect(keysIn(world), `forgotten before call ${call}, died ${when} call ${death}`).toEqual([]);
        }
  });
});
