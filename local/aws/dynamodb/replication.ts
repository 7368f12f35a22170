import { setTimeout as sleep } from "node:timers/promises";
import type { Level } from "./dynalite.ts";
import { type Engine, promised } from "./engine.ts";
import type { Outgoing, Replica } from "./replica.ts";

export interface Replication {
  /** Nothing comes from this Region or gets to it, until it is back. */
  cut(region: string): Promise<void>;
  rejoin(region: string): void;
  isAway(region: string): boolean;
  close(): Promise<void>;
}

interface ReplicationDeps {
  readonly engine: Engine;
  readonly replicas: readonly Replica[];
  /** Milliseconds from a write until the other Regions have it. */
  readonly delayMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Carries each write of a replica to the others, as a global table with eventual consistency does:
 * after a while, in the order of one replica's writes, the last writer winning item by item. How far
 * it has come is on disk; after a kill some writes are carried again, which changes nothing.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
export async function startReplication({ engine, replicas, delayMs, now }: ReplicationDeps): Promise<Replication> {
  const away = new Set<string>();
  const links: Link[] = [];
  for (const from of replicas) {
    const passed = async () => {
      const positions = links.filter((link) => link.from === from).map(({ position }) => position() ?? "");
      await from.release(positions.toSorted()[0]!);
    };
    for (const to of replicas.filter(({ table }) => from.table.peers.includes(table.name)))
      links.push(await openLink({ level: engine.store.db, engine, from, to, delayMs, now, passed }));
  }
  const regionsOf = ({ from, to }: Link) => [from.table.region, to.table.region];
  const resume = () => {
    for (const link of links) if (!regionsOf(link).some((region) => away.has(region))) link.start();
  };
  resume();

  return {
    async cut(region) {
      away.add(region);
      await Promise.all(links.filter((link) => regionsOf(link).includes(region)).map((link) => link.stop()));
    },
    rejoin(region) {
      away.delete(region);
      resume();
    },
    isAway: (region) => away.has(region),
    close: async () => void (await Promise.all(links.map((link) => link.stop()))),
  };
}

/** The way from one replica to another. */
interface Link {
  readonly from: Replica;
  readonly to: Replica;
  /** Sequence number of the last write that got through. */
  position(): string | undefined;
  start(): void;
  stop(): Promise<void>;
}

interface LinkDeps extends Pick<ReplicationDeps, "engine" | "delayMs" | "now"> {
  readonly level: Level;
  readonly from: Replica;
  readonly to: Replica;
  /** Is told whenever it has come further. */
  readonly passed: () => Promise<void>;
}

const pageSize = 100;

async function openLink({ level, engine, from, to, delayMs, now, passed }: LinkDeps): Promise<Link> {
  const positionKey = `position-${to.table.name}~${from.table.name}`;
  let position = await promised<string | undefined>((done) =>
    level.get(positionKey, (error, value) => done(error, value as string)),
  );
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();

  async function carry({ keys, item, version }: Outgoing) {
    const TableName = to.table.name;
    if (item) await engine.call("PutItem", { TableName, Item: item }, { replicated: version });
    else await engine.call("DeleteItem", { TableName, Key: keys }, { replicated: version });
  }

  async function run(signal: AbortSignal) {
    while (!signal.aborted) {
      const next = nextWrite(from, signal);
      const page = await from.outgoing(position, pageSize);
      if (page.length === 0) await next;
      const before = position;
      for (const [sequence, write] of page) {
        const wait = write.version.time + delayMs - now();
        if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {});
        if (signal.aborted) break;
        await carry(write);
        position = sequence;
      }
      if (position === before) continue;
      await promised((done) => level.put(positionKey, position, done));
      await passed();
    }
  }

  return {
    from,
    to,
    position: () => position,
    start() {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      const { signal } = stopping;
      running = running.then(() => run(signal));
    },
    async stop() {
      stopping?.abort();
      stopping = undefined;
      await running;
    },
  };
}

function nextWrite(from: Replica, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopListening = from.onWrite(resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(stopListening);
}
