import { createFetch } from "../../handlers/fetch.ts";
import { createPull } from "../../handlers/pull.ts";
import type { Picture } from "../../handlers/record.ts";
import { type DropboxSourceDeps, dropboxSource } from "../../providers/sources/dropbox.ts";
import { type FileVersion, type Source, SourceError } from "../../providers/sources/types.ts";
import { type FakeDropbox, fakeDropbox } from "../fakes/dropbox.ts";
import { pulling } from "../fixtures/memory-source.ts";
import { noise } from "../fixtures/noise.ts";
import { badWeather, Killed, type Weather } from "./weather.ts";

export interface Arrivals {
  /** Pictures that arrived once, with their own bytes. */
  readonly once: number;
  readonly missing: readonly string[];
  readonly twice: readonly string[];
  /** With other bytes than their own. */
  readonly wrong: readonly string[];
  /** That should not have arrived at all. */
  readonly strange: readonly string[];
  /** How often each kind of trouble was met. */
  readonly met: Weather["met"];
  readonly calls: number;
  readonly looks: number;
  /** Most times that one file was tried. */
  readonly tries: number;
}

export interface Given {
  /** Pictures in the Dropbox. Beside them lies what must not arrive, a third as much again. */
  readonly files: number;
  readonly seed: number;
  /** Of the service's calls and of the handlers' steps, so many go wrong. @default 0.05 */
  readonly share?: number;
  /** What the source is told otherwise. */
  readonly place?: Partial<DropboxSourceDeps>;
  /** Puts what is broken in the place of what works. */
  readonly spoil?: (parts: Parts) => Partial<Parts>;
  readonly say?: (text: string) => void;
}

export interface Parts {
  readonly source: Source;
  readonly enqueue: (files: readonly FileVersion[]) => Promise<void>;
  readonly move: (turn: number, cursor: string) => Promise<boolean>;
}

/**
 * Pulls a Dropbox with the real pull and fetch, while every kind of trouble is made for a share of
 * all they do, over a queue that delivers in no order and some things twice. Ends when look after
 * look finds nothing new.
 */
export async function pullInBadWeather({
  files,
  seed,
  share = 0.05,
  place,
  spoil,
  say = () => {},
}: Given): Promise<Arrivals> {
  const dropbox = await fakeDropbox();
  const { wanted, regretted } = fill(dropbox, files);
  const weather = badWeather(dropbox, { seed, share });
  const { deps, ledger, catalog, incoming } = pulling();
  const queue: { readonly file: FileVersion; tries: number }[] = [];
  const arrived = new Map<string, number>();
  const wrong = new Set<string>();
  let tries = 0;

  const { move } = ledger;
  const parts: Parts = {
    source: dropboxSource({
      name: "campaigns",
      path: "/Campaigns",
      writeBack: "/Campaigns/web",
      token: dropbox.refreshSettings,
      fetch: dropbox.fetch,
      pageSize: 100,
      patience: { wait: async () => {}, idleMs: 500 },
      ...place,
    }),
    async enqueue(page) {
      for (let at = 0; at < page.length; at += 10) await send(page.slice(at, at + 10));
    },
    move: weather.step("move", move.bind(ledger)),
  };
  const send = weather.step("send", async (batch: readonly FileVersion[]) => {
    for (const file of batch) {
      queue.push({ file, tries: 0 });
      // Its owner takes it back before it was read.
      if (regretted.delete(file.path)) dropbox.remove(file.path);
    }
  });
  const used = { ...parts, ...spoil?.(parts) };
  ledger.move = used.move;

  const upload = weather.step("upload", async (...object: Parameters<typeof incoming.upload>) => {
    await incoming.upload(...object);
    const [key, , { metadata }] = object;
    const { bytes } = incoming.objects.get(key)!;
    incoming.objects.delete(key);
    // As ingest does: a picture that has a record is known, and nothing new.
    if (!(await catalog.add({ pictureId: key.split("/").at(-1) } as Picture))) return;
    const name = metadata["name"]!;
    arrived.set(name, (arrived.get(name) ?? 0) + 1);
    if (!wanted.get(name)?.equals(bytes)) wrong.add(name);
  });
  const get = weather.step("get", catalog.get);
  const look = createPull({ ...deps, ...used });
  const fetch = createFetch({
    ...deps,
    ...used,
    catalog: { get },
    incoming: { ...incoming, upload },
    maxBytes: 1_000_000,
  });

  async function work(): Promise<void> {
    for (let message = weather.takeAny(queue); message; message = weather.takeAny(queue)) {
      tries = Math.max(tries, ++message.tries);
      const isWell = await fetch(message.file).then(() => true, passing);
      if (!isWell) queue.push(message);
      else if (weather.chance(share)) queue.push({ ...message, tries: 0 });
    }
  }
  let looks = 0;
  try {
    for (let quiet = 0; quiet < 3; looks++) {
      const before = ledger.ticks.length;
      // Its time is up in the middle of a large folder.
      let pages = 20;
      await look(() => (pages-- > 0 ? 300_000 : 0)).catch(passing);
      while (queue.length > 0) await Promise.all(Array.from({ length: 16 }, work));
      const tick = ledger.ticks[before];
      quiet = tick && !tick.trouble && tick.queued === 0 ? quiet + 1 : 0;
      if (looks % 10 === 0) say(`${looks + 1} looks, ${arrived.size} of ${files} pictures`);
    }
  } finally {
    await dropbox.close();
  }
  const names = [...arrived.keys()];
  const twice = names.filter((name) => arrived.get(name)! > 1);
  const strange = names.filter((name) => !wanted.has(name));
  const bad = new Set([...twice, ...wrong, ...strange]);
  return {
    once: names.filter((name) => !bad.has(name)).length,
    missing: [...wanted.keys()].filter((name) => !arrived.has(name)),
    twice,
    wrong: [...wrong].filter((name) => wanted.has(name)),
    strange,
    met: weather.met,
    calls: dropbox.calls.length,
    looks,
    tries,
  };
}

/** What comes again: a step that was cut off, and trouble of the source. Everything else is a mistake. */
function passing(error: unknown): false {
  if (error instanceof Killed || error instanceof SourceError) return false;
  throw error;
}

/** Pictures that are wanted, by name; a fiftieth of them large. Beside them others, of each kind that is not. */
function fill(dropbox: FakeDropbox, files: number) {
  const wanted = new Map<string, Buffer>();
  const regretted = new Set<string>();
  for (let n = 0; n < files; n++) {
    const bytes = noise(n % 50 === 7 ? 150_000 : 400 + (n % 1000), n + 1);
    const folder = `/Campaigns/${n % 40}`;
    wanted.set(`${n}.jpg`, bytes);
    dropbox.put(`${folder}/${n}.jpg`, bytes);
    if (n % 20 === 0) {
      for (const path of [`${folder}/${n}.txt`, `/Elsewhere/other-${n}.jpg`, `/Campaigns/web/own-${n}.jpg`])
        dropbox.put(path, bytes);
      dropbox.put(`${folder}/empty-${n}.jpg`, Buffer.alloc(0));
      dropbox.put(`${folder}/paper-${n}.jpg`, bytes, { downloadable: false });
    } else if (n % 20 === 10) {
      regretted.add(`${folder}/regretted-${n}.jpg`);
      dropbox.put(`${folder}/regretted-${n}.jpg`, bytes);
    }
  }
  return { wanted, regretted };
}
