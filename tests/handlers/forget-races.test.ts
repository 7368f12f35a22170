import { describe, expect, it } from "vitest";
import { forget, html, jpeg, key, keysIn, metadata, settle, stages, unsure } from "../fixtures/forgetting.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { Crash, mortal } from "../fixtures/mortal-world.ts";

describe.each(stages)("while %s is at it", (actor) => {
  const cases = [
    { bytes: jpeg, moderator: moderatorSaying() },
    ...(actor === "moderate" ? [{ bytes: jpeg, moderator: unsure }] : []),
    ...(actor === "ingest" ? [{ bytes: html, moderator: unsure }] : []),
  ];

  async function prepare({ bytes, moderator }: (typeof cases)[number]) {
    const world = memoryWorld();
    world.incoming.put(key, bytes, { metadata });
    const chain = chainOf(world, { moderator });
    if (actor !== "ingest") await chain.send(key, stages[stages.indexOf(actor) - 1]);
    const id = () => [...world.catalog.records.keys()][0]!;
    return {
      world,
      run: (within: World) => chainOf(within, { moderator })[actor](actor === "ingest" ? key : id()),
      async happens() {
        // Before there is a record nobody can ask for it to be forgotten: another delivery is faster.
        if (actor === "ingest") await chain.ingest(key);
        await forget(world, id());
      },
    };
  }

  it.each(cases)("leaves no byte that came later", async (given) => {
    const counted = await prepare(given);
    const { world, calls } = mortal(counted.world);
    await counted.run(world);
    expect(calls()).toBeGreaterThanOrEqual(4);

    for (let call = 1; call <= calls(); call++)
      for (let death = call; death <= calls() + 4; death++)
        for (const when of ["before", "after"] as const) {
          const { world, run, happens } = await prepare(given);
          const dying = mortal(world, { when, call: death, meanwhile: { call, happens } });
          const ended = await run(dying.world).catch((error: unknown) => error);
          if (ended !== undefined && !(ended instanceof Crash)) expect((ended as Error).message).toMatch(/^[A-Z_]+: /);
          await settle(world);
          // Only what fails is sure to be delivered again.
          if (ended !== undefined) await run(world);
          await settle(world);
          expect(keysIn(world), `forgotten before call ${call}, died ${when} call ${death}`).toEqual([]);
          expect([...world.catalog.records.values()].map(({ status }) => status)).toEqual(["forgotten"]);
        }
  });
});
