import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCatchUp } from "../../handlers/catch-up.ts";
import { letterOf } from "../../handlers/dead-letters.ts";
import { createExport, type Mark } from "../../handlers/export/export.ts";
import type { Use } from "../../handlers/opened.ts";
import { createPull } from "../../handlers/pull.ts";
import type { Picture } from "../../handlers/record.ts";
import { createRedrive } from "../../handlers/redrive.ts";
import { createWriteBack } from "../../handlers/write-back.ts";
import { type Source, SourceError } from "../../providers/sources/types.ts";
import { workingDay } from "../fixtures/day.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import { memoryBuckets, memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { reconcilerOf } from "../fixtures/memory-reconcile.ts";
import { memoryRedrive } from "../fixtures/memory-redrive.ts";
import { memoryLedger, memorySource, pulling } from "../fixtures/memory-source.ts";
import { Crash, mortal } from "../fixtures/mortal-world.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

/** As crash.test.ts, of those who work around the chain: each dies at each call it makes, and is woken again. */

type Port = <T extends object>(target: T) => T;

interface Prepared {
  readonly world: World;
  /** Its work, over ports that may be mortal. */
  readonly run: (port: Port) => Promise<unknown>;
  /** What is left in the end; told in sets where telling twice is telling once. */
  readonly state: () => unknown;
}

const jpeg = await quadrants(40, 30).jpeg().toBuffer();
const timeLeft = () => 300_000;

const actors: Readonly<Record<string, () => Promise<Prepared>>> = {
  async pull() {
    const { deps, source, ledger, queued, ...world } = pulling();
    for (let i = 0; i < 7; i++) source.put(`${i}.jpg`, jpeg);
    return {
      world: world as unknown as World,
      run: (port) =>
        createPull({ ...deps, ...port({ enqueue: deps.enqueue }), source: port(source), ledger: port(ledger) })(
          timeLeft,
        ),
      state: () => ({ cursor: ledger.cursor, queued: [...new Set(queued.map(({ id }) => id))] }),
    };
  },

  async "write-back"() {
    const { world, pictureId, writeBack, files, ledger } = await published();
    return {
      world,
      run: (port) => writeBack(port)(pictureId),
      // Whoever dies with the very last call is not counted.
      state: () => ({ files: [...files], isCountedOnce: ledger.counts.writtenBack <= 1 }),
    };
  },

  async "catch-up"() {
    const { world, pictureId, writeBack, files, ledger } = await published();
    ledger.waiting.add(pictureId);
    return {
      world,
      run: (port) =>
        createCatchUp({ name, ledger: port(ledger), writeBack: writeBack(port), start: () => "", log: world.log })(
          timeLeft,
        ),
      state: () => ({ files: [...files], waiting: [...ledger.waiting] }),
    };
  },

  async reconcile() {
    const world = memoryWorld();
    for (const key of ["uploads/1", "uploads/2"]) world.incoming.put(key, jpeg);
    await chainOf(world).ingest("uploads/1");
    const { deps, told } = reconcilerOf(world);
    world.clock.now = new Date(world.clock.now.getTime() + 40 * 60_000);
    return {
      world,
      run: (port) => {
        const { announce, list, sweep } = port({ announce: deps.announce, list: deps.list, sweep: deps.sweep });
        const place = { objects: port(deps.place.objects), records: port(deps.place.records) };
        const ports = { catalog: port(world.catalog), incoming: port(world.incoming) };
        return reconcilerOf(world, { ...deps, ...ports, announce, list, sweep, place }).reconcile();
      },
      state: () => ({ told: [...new Set(told)], records: [...world.catalog.records.values()] }),
    };
  },

  async redrive() {
    const world = memoryWorld();
    const lost = memoryRedrive(world);
    for (const key of ["uploads/1", "uploads/2"]) {
      world.incoming.put(
        key,
        await quadrants(40, 30 + lost.kept.size)
          .jpeg()
          .toBuffer(),
      );
      await chainOf(world).ingest(key);
      const { pictureId, status } = [...world.catalog.records.values()].at(-1) as Picture;
      const NewImage = { pictureId: { S: pictureId }, status: { S: status } };
      const payload = JSON.stringify({ Records: [{ dynamodb: { NewImage } }] });
      lost.kept.set(key, letterOf(key, JSON.stringify({ timestamp: world.now().toISOString(), payload })));
    }
    world.clock.now = new Date(world.clock.now.getTime() + 40 * 60_000);
    return {
      world,
      run: (port) => {
        const { sweep, listIncoming, listWorking, announce } = port(lost);
        const ports = { catalog: port(world.catalog), reminders: port(world.reminders), letters: port(lost.letters) };
        return createRedrive({ ...world, ...lost, ...ports, sweep, listIncoming, listWorking, announce })({
          really: true,
        });
      },
      state: () => ({ letters: [...lost.kept.keys()], records: [...world.catalog.records.values()] }),
    };
  },

  async export() {
    const { world, ...more } = await aDay();
    const exports = memoryBuckets("exports")("exports");
    const marks: Mark[] = [];
    return {
      world,
      run: (port) =>
        createExport({
          ...more,
          catalog: port(world.catalog),
          exports: port(exports),
          marks: port({
            all: async () => [...marks],
            remove: async (mark: Mark) => void marks.splice(marks.indexOf(mark), 1),
          }),
          days: 2,
        })({}),
      state: () =>
        [...exports.objects].map(([key, { bytes }]) => [key, createHash("sha256").update(bytes).digest("hex")]),
    };
  },
};

const name = "studio";

async function published() {
  const world = memoryWorld();
  world.incoming.put(`pulled/${name}/1`, jpeg, { metadata: { source: name, id: "1", revision: "1", name: "a.jpg" } });
  const [picture] = await chainOf(world).send(`pulled/${name}/1`);
  const files = new Map<string, string>();
  const ledger = memoryLedger();
  const source: Source = {
    ...memorySource(),
    async write(path, body) {
      if (files.has(path)) throw new SourceError(name, "CONFLICT", `there is already ${path}`);
      files.set(path, createHash("sha256").update(body).digest("hex"));
      return { id: path, path };
    },
  };
  const writeBack = (port: Port) => {
    const ports = { catalog: port(world.catalog), published: port(world.published), ledger: port(ledger) };
    const use: Use = async (work) => work(port(source));
    return createWriteBack({
      name,
      use,
      place: world.place,
      now: world.now,
      log: world.log,
      measure: () => {},
      ...ports,
    });
  };
  return { world, pictureId: picture!.pictureId, files, ledger, writeBack };
}

const day = [...workingDay("2026-11-22T00:00:00Z", 0.02)];

async function aDay() {
  const world = memoryWorld();
  for (const picture of day) await world.catalog.add(picture);
  return { world, now: world.now, log: world.log };
}

const counted = await Promise.all(
  Object.entries(actors).map(async ([actor, prepare]) => {
    const { world, run } = await prepare();
    const { port, calls } = mortal(world);
    await run(port);
    return { actor, prepare, calls: calls() };
  }),
);

const deathsOf = (calls: number) =>
  (["before", "after"] as const).flatMap((when) => Array.from({ length: calls }, (_, i) => ({ when, call: i + 1 })));

describe.each(counted)("$actor", ({ calls, prepare }) => {
  it("makes some calls, each of which can be its last", () => expect(calls).toBeGreaterThanOrEqual(3));

  it.each(deathsOf(calls))("ends the same after a death $when call $call", async (death) => {
    const reference = await prepare();
    await reference.run((target) => target);
    const { world, run, state } = await prepare();
    expect(await run(mortal(world, death).port).catch((error: unknown) => error)).toBeInstanceOf(Crash);
    await run((target) => target);
    expect(state()).toEqual(reference.state());
  });
});
