import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import type { Host } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { impatient, withoutVariable } from "./alter.ts";
import { startAltered } from "./altered-host.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

/** Each actor is broken by a variable that it lacks, one after the other: the pictures are given up at every step of their way. */
const broken = [
  ["ingest", "LIMITS"],
  ["moderate", "MODERATION"],
  ["resize", "RENDITIONS"],
  ["compress", "PUBLISHED_URL"],
  ["publish", "PUBLISHED_BUCKET"],
  ["forget", "DISTRIBUTION_ID"],
] as const;
type Broken = (typeof broken)[number][0];

it("what each actor gave up is said, and once it is mended is put back, to the same end as if nothing had been", async () => {
  const { dir, remove } = await scratchDir();
  onTestFinished(remove);
  const photos = await photosIn(dir);
  const clean = await cleanRun(join(dir, "clean"), photos);

  const data = join(dir, "data");
  let host: Host | undefined;
  let before: Broken | undefined;
  for (const [actor, variable] of broken) {
    await host?.close();
    host = await startAltered(data, (graph) => impatient(withoutVariable(graph, actor, variable), actor));
    if (before === undefined) await darkroom("import", photos, "--to", operatorsAt(host.url));
    else await putBack(host.url, before);
    if (actor === "forget") {
      expect(await endOf(host.url, "published")).toEqual(clean.published);
      await askToForgetAll(host.url);
    }
    await givenUp(host.url, actor);
    before = actor;
  }

  await host?.close();
  const { url } = await startAltered(data);
  expect(await redrive(url, "--yes", "--actor", "pull")).toEqual({ done: true, found: [] });
  await putBack(url, "forget");
  expect(await endOf(url, "forgotten")).toEqual(clean.forgotten);
  expect(await statusOf(url)).toMatchObject({ stuck: { count: 0 }, deadLetters: { groups: [], more: false } });
  expect(await redrive(url)).toEqual({ done: false, found: [] });
}, 240_000);

/** Waits until both pictures were given up by this actor; of those before it nothing is left. */
async function givenUp(url: string, actor: Broken): Promise<void> {
  const { groups } = await until(async () => {
    const { deadLetters } = await statusOf(url);
    return deadLetters.groups.find((group) => group.actor === actor)?.count === 2 ? deadLetters : undefined;
  });
  expect(groups).toEqual([{ actor, reason: "RETRIES_SPENT", count: 2 }]);
}

/** Says what would be done, which changes nothing, and does it. */
async function putBack(url: string, actor: Broken): Promise<void> {
  const outcome = actor === "ingest" ? "queued" : "woken";
  const found = [0, 1].map(() => ({ actor, reason: "RETRIES_SPENT", pictureId: expect.any(String), outcome }));
  const before = await allPictures(url);
  expect(await redrive(url)).toEqual({ done: false, found });
  expect(await allPictures(url)).toEqual(before);
  expect(await redrive(url, "--yes", "--actor", actor)).toEqual({ done: true, found });
}

async function redrive(url: string, ...more: string[]): Promise<unknown> {
  const { stdout } = await darkroom("redrive", "--at", operatorsAt(url), "--json", ...more);
  return JSON.parse(stdout);
}

/** The pictures as they stand where nothing is broken: published, and then forgotten. */
async function cleanRun(data: string, photos: string): Promise<Readonly<Record<"published" | "forgotten", unknown>>> {
  const host = await startAltered(data);
  const { code, stderr } = await darkroom("import", photos, "--to", operatorsAt(host.url));
  expect(code, stderr).toBe(0);
  const published = await endOf(host.url, "published");
  await askToForgetAll(host.url);
  const forgotten = await endOf(host.url, "forgotten");
  await host.close();
  return { published, forgotten };
}

async function photosIn(dir: string): Promise<string> {
  const photos = join(dir, "photos");
  await mkdir(photos);
  for (const seed of [1, 2])
    await writeFile(join(photos, `${seed}.jpg`), await makePhoto({ width: 100 * seed, height: 80, seed }));
  return photos;
}

/** Both pictures once they stand at the end: all that is known of them but when, how often, by whom, and under which id. */
async function endOf(url: string, end: Picture["status"]): Promise<readonly unknown[]> {
  const pictures = await until(async () => {
    const all = await allPictures(url);
    return all.length === 2 && all.every(({ status }) => status === end) ? all : undefined;
  });
  return pictures.map((picture) => stateOf(picture)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function stateOf(picture: Picture): unknown {
  const text = JSON.stringify(picture, (name, value: unknown) => (passing.has(name) ? undefined : value));
  return JSON.parse(text.replaceAll(picture.pictureId, "ID").replaceAll(/http:\/\/[^/"\\]+/g, "HOST"));
}
const passing: ReadonlySet<string> = new Set([
  "enteredAt",
  "changedAt",
  "acceptedAt",
  "publishedAt",
  "deletedAt",
  "timings",
  "attempts",
  "instanceId",
  "sourceId",
]);

async function askToForgetAll(url: string): Promise<void> {
  const ids = (await allPictures(url)).map(({ pictureId }) => pictureId);
  expect((await darkroom("forget", "--yes", ...ids, "--at", operatorsAt(url))).code).toBe(0);
}

interface Report {
  readonly deadLetters: { readonly groups: readonly { readonly actor: string; readonly count: number }[] };
}

async function statusOf(url: string): Promise<Report> {
  const answer = await fetch(`${operatorsAt(url)}/api/status`);
  return (await answer.json()) as Report;
}
