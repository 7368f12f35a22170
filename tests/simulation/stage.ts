import type { Audit, Decision } from "../../handlers/api/reviews.ts";
import type { Letter } from "../../handlers/dead-letters.ts";
import type { DeadQueue } from "../../handlers/dead-queue.ts";
import type { Use } from "../../handlers/opened.ts";
import { reminding } from "../../handlers/reminder.ts";
import { subjectOf } from "../../handlers/subject.ts";
import type { Source } from "../../providers/sources/types.ts";
import { keeping, type MemoryStore, memoryWorld } from "../fixtures/memory-ports.ts";
import { memoryListing, memoryPlace, memorySweep } from "../fixtures/memory-reconcile.ts";
import { memoryRedrive } from "../fixtures/memory-redrive.ts";
import { memoryLedger } from "../fixtures/memory-source.ts";
import { type Change, watched } from "./journal.ts";
import { outside, sourceName } from "./outside.ts";
import type { Process } from "./process.ts";

/** What happens to the world that its ports do not answer for. */
export interface Hears {
  changed(change: Change): void;
  reminded(at: Date): void;
  thawing(): void;
  /** Ingest is told of an object. */
  announced(key: string, delaySeconds: number): void;
  published(pictureId: string): void;
}

/** The whole world in memory, and how one process of one actor sees it. */
export function stageOf(hears: Hears, isAway: () => boolean) {
  const world = memoryWorld();
  const { now } = world;
  const beyond = outside(isAway);
  const ledger = memoryLedger();
  const redriven = memoryRedrive(world);
  const places = { objects: memoryPlace<never>(), records: memoryPlace<never>() };
  const decisions = new Map<string, Decision>();
  const writtenAt = new Map<string, Date>();
  const dated = (store: MemoryStore): MemoryStore => {
    const date = (key: string) => void writtenAt.set(`${store.bucket}/${key}`, now());
    return {
      ...store,
      objects: store.objects,
      async write(key, ...given) {
        if (store.bucket === "published") hears.published(key.split("/", 1)[0]!);
        date(key);
        await store.write(key, ...given);
      },
      async copy(from, key) {
        date(key);
        return store.copy(from, key);
      },
    };
  };
  const [working, quarantine, published] = [world.working, world.quarantine, world.published].map(dated) as [
    MemoryStore,
    MemoryStore,
    MemoryStore,
  ];
  const audit: Audit = {
    async add(decision) {
      const key = `${decision.at} ${decision.pictureId}`;
      return !decisions.has(key) && Boolean(decisions.set(key, decision));
    },
    async lose(decision) {
      decisions.set(`${decision.at} ${decision.pictureId}`, { ...decision, lost: true });
    },
    last: async () => [...decisions.values()],
  };
  const reminders = {
    ...world.reminders,
    async set(...[picture, at]: Parameters<typeof world.reminders.set>) {
      await world.reminders.set(picture, at);
      hears.reminded(at);
    },
  };
  const archived = {
    ...world.archived,
    objects: world.archived.objects,
    async thaw(...given: Parameters<typeof world.archived.thaw>) {
      hears.thawing();
      return world.archived.thaw(...given);
    },
  };

  /** What is given to whoever acts in this process. */
  function seenBy(by: string, { port }: Process) {
    const catalog = port(watched(world.catalog, by, now, (change) => hears.changed(change)));
    const gated = port({
      invalidate: async (prefix: string, request: string) => void beyond.invalidated.push({ prefix, request }),
      markDay: world.markDay,
      list: listIncoming,
      sweep: memorySweep(world),
      listWorking: redriven.listWorking,
      announce: async (keys: readonly string[], delaySeconds = 0) => {
        for (const key of keys) hears.announced(key, delaySeconds);
      },
    });
    const source = port(beyond.source) as Source;
    const remindersSeen = port(reminders);
    return {
      ...world,
      ...gated,
      listIncoming: gated.list,
      catalog,
      sourceName,
      incoming: port(world.incoming),
      working: port(working),
      quarantine: port(quarantine),
      published: port(published),
      archived: port(archived),
      reminders: remindersSeen,
      remind: reminding(remindersSeen, keeping),
      moderator: port(beyond.moderator),
      payingOnce: beyond.compressorOf,
      compressorOf: beyond.compressorOf((pictureId, effect) => catalog.once(pictureId, effect)),
      use: (async (work) => work(source)) as Use,
      ledger: port(ledger),
      places: { objects: port(places.objects), records: port(places.records) },
      letters: port(redriven.letters),
      queues,
      audit: port(audit),
    };
  }

  const untold: string[] = [];
  const queues = [deadQueueOf("ingest", untold, (key) => hears.announced(key, 0))];
  const listIncoming = memoryListing(world.incoming, (key) => writtenAt.get(`incoming/${key}`) ?? now());
  return {
    world,
    beyond,
    ledger,
    decisions,
    writtenAt,
    /** Keys of which ingest could not be told. */
    untold,
    letters: redriven.kept as Map<string, Letter>,
    seenBy,
    put(key: string, bytes: Buffer, metadata: Record<string, string>) {
      world.incoming.put(key, bytes, { metadata });
      writtenAt.set(`incoming/${key}`, now());
    },
  };
}

export type Stage = ReturnType<typeof stageOf>;
export type Seen = ReturnType<Stage["seenBy"]>;

/** Messages of which somebody could not be told. */
const deadQueueOf = (actor: string, waiting: string[], send: (key: string) => void): DeadQueue => ({
  actor,
  count: async () => waiting.length,
  async each(isWanted, really) {
    const wanted = waiting.filter((key) => isWanted(subjectOf(key).pictureId));
    if (really) for (const key of wanted) send(waiting.splice(waiting.indexOf(key), 1)[0]!);
    return wanted.map((key) => subjectOf(key).pictureId);
  },
});
