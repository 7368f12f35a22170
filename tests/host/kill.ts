import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { makePhoto } from "../fixtures/photos.ts";
import {
  allPictures,
  type Chaining,
  chaining,
  darkroom,
  operatorsAt,
  type RunningHost,
  startProcess,
} from "./harness.ts";

export interface KillOptions {
  /** Empty folder for the pictures and the host's data. */
  readonly dir: string;
  readonly pictures: number;
  readonly kills: number;
  /** The same seed kills at the same moments. */
  readonly seed: number;
  /** Longest time after the last kill in which nothing moves, in seconds. */
  readonly patience: number;
  /** What wakes the actors, from start to start in turn. @default what the environment says */
  readonly chainings?: readonly Chaining[];
  readonly say?: (text: string) => void;
}

/** What became of the pictures; without fault, all lists are empty and every picture is published. */
export interface KillFindings {
  readonly statuses: Readonly<Record<string, number>>;
  /** Pictures whose publishing was said twice: two writes won where one may. */
  readonly saidTwice: readonly string[];
  /** Keys that a record names and the published bucket has not, and the other way round. */
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
  /** Addresses that do not serve the bytes their record speaks of. */
  readonly unserved: readonly string[];
}

/**
 * Sends pictures to a host, as a person runs it, and kills it at random moments while they are on
 * their way, starting it again each time. `inTime` is how many of the kills found work to cut off.
 */
export async function surviveKills({
  dir,
  pictures,
  kills,
  seed,
  patience,
  chainings = [chaining],
  say = () => {},
}: KillOptions): Promise<{
  readonly findings: KillFindings;
  readonly inTime: number;
}> {
  const [folder, data] = [join(dir, "in"), join(dir, "data")];
  await mkdir(folder);
  for (let n = 0; n < pictures; n++)
    await writeFile(join(folder, `${n}.jpg`), await makePhoto({ width: 360, height: 240, seed: n + 1 }));

  const start = (nth: number, port = 0) => startProcess(data, { port, chaining: chainings[nth % chainings.length] });
  let host = await start(0);
  try {
    const port = Number(new URL(host.url).port);
    const upload = await darkroom("import", folder, "--to", operatorsAt(host.url), "--json");
    if (upload.code !== 0) throw new Error(`Expected every picture to be uploaded: ${upload.stderr}`);

    const random = randomOf(seed);
    const earlier: string[] = [];
    let inTime = 0;
    for (let kill = 1; kill <= kills; kill++) {
      await progress(host, random() * 2 * ((steps * pictures) / kills));
      await wait(random() * 300);
      await host.kill();
      earlier.push(...host.lines);
      const published = publishedIn(earlier).length;
      if (published < pictures) inTime++;
      say(`kill ${kill} of ${kills}: ${published} of ${pictures} were published`);
      host = await start(kill, port);
    }
    const records = await atRest(host.url, pictures, patience);
    return { findings: await lookAt(records, publishedIn([...earlier, ...host.lines]), data), inTime };
  } finally {
    await host.kill();
  }
}

const steps = 5;

/** Waits until so many outcomes were said since the host's start: on a slow machine too, the kills fall over all of the work. */
async function progress(host: RunningHost, outcomes: number): Promise<void> {
  const latest = performance.now() + 20_000;
  while (host.lines.length < outcomes && performance.now() < latest) await wait(20);
}

/** Ids of the pictures that these lines say were published. A kill may have cut the last line. */
const publishedIn = (lines: readonly string[]) =>
  lines
    .filter((line) => line.includes('"message":"published"'))
    .flatMap((line) => /"pictureId":"([^"]+)"/.exec(line)?.[1] ?? []);

/** All records, once every picture has come to its end or nothing has moved for `patience` seconds. */
async function atRest(url: string, pictures: number, patience: number): Promise<readonly Picture[]> {
  let [before, movedAt] = ["", performance.now()];
  for (;;) {
    const records = await allPictures(url);
    const ended = records.filter(({ status }) => ["published", "rejected", "review", "duplicate"].includes(status));
    const now = JSON.stringify(records.map(({ pictureId, status }) => [pictureId, status]));
    if (now !== before) [before, movedAt] = [now, performance.now()];
    if (ended.length === pictures || performance.now() - movedAt > patience * 1000) return records;
    await wait(200);
  }
}

async function lookAt(records: readonly Picture[], said: readonly string[], data: string): Promise<KillFindings> {
  const statuses: Record<string, number> = {};
  for (const { status } of records) statuses[status] = (statuses[status] ?? 0) + 1;
  const published = records.filter((record): record is PictureIn<"published"> => record.status === "published");
  const named = published.flatMap(({ renditions }) => renditions.map(({ key }) => key));
  const there = await keysIn(join(data, "objects", "darkroom-dev-published-bucket"));
  const unserved: string[] = [];
  for (const { renditions } of published)
    for (const { url, bytesAfter } of renditions) {
      const response = await fetch(url);
      if ((await response.arrayBuffer()).byteLength !== bytesAfter || !response.ok) unserved.push(url);
    }
  return {
    statuses,
    saidTwice: said.filter((id, at) => said.indexOf(id) !== at),
    missing: named.filter((key) => !there.includes(key)),
    leftOver: there.filter((key) => !named.includes(key)),
    unserved,
  };
}

/** Keys of the objects in a bucket's folder. */
async function keysIn(bucket: string): Promise<string[]> {
  const dir = join(bucket, "objects");
  const metas = await Promise.all((await readdir(dir)).map((file) => readFile(join(dir, file), "utf8")));
  return metas.map((meta) => (JSON.parse(meta) as { key: string }).key);
}

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
