import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import type { Graph } from "../../local/graph.ts";
import { startHost } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { altered, withoutVariable } from "./alter.ts";
import { startAltered } from "./altered-host.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

/** Each actor is broken by a variable that it lacks; every picture ends up in what was given up. */
const broken = [
  ["ingest", "LIMITS"],
  ["moderate", "MODERATION"],
  ["resize", "RENDITIONS"],
  ["compress", "PUBLISHED_URL"],
  ["publish", "PUBLISHED_BUCKET"],
  ["forget", "DISTRIBUTION_ID"],
] as const;

let clean: Readonly<Record<"published" | "forgotten", readonly unknown[]>>;
beforeAll(async () => {
  const { dir, remove } = await scratchDir();
  const photos = await photosIn(dir);
  const host = await startHost({ port: 0, dir: join(dir, "data"), stack: "dev", say: () => {}, log: () => {} });
  const published = await sendAll(host.url, photos, "published");
  await askToForgetAll(host.url);
  clean = { published, forgotten: await endOf(host.url, "forgotten") };
  await host.close();
  await remove();
});

describe("what an actor gave up", () => {
  it.each(broken)(
    "%s: is said, and once it is mended is put back, to the same end as if nothing had been",
    async (actor, variable) => {
      const { dir, remove } = await scratchDir();
      onTestFinished(remove);
      const data = join(dir, "data");
      const photos = await photosIn(dir);
      const ill = await startAltered(data, (graph) => impatient(withoutVariable(graph, actor, variable), actor));
      if (actor === "forget") {
        await sendAll(ill.url, photos, "published");
        await askToForgetAll(ill.url);
      } else await darkroom("import", photos, "--to", operatorsAt(ill.url));
      const given = await until(async () => {
        const { deadLetters } = await statusOf(ill.url);
        return deadLetters.groups[0]?.count === 2 ? deadLetters : undefined;
      });
      expect(given).toEqual({ groups: [{ actor, reason: "RETRIES_SPENT", count: 2 }], more: false });
      await ill.close();

      const well = await startAltered(data);
      const at = ["--at", operatorsAt(well.url), "--json"];
      const outcome = actor === "ingest" ? "queued" : "woken";
      const found = [0, 1].map(() => ({ actor, reason: "RETRIES_SPENT", pictureId: expect.any(String), outcome }));
      const before = await allPictures(well.url);
      expect(JSON.parse((await darkroom("redrive", ...at)).stdout)).toEqual({ done: false, found });
      expect(JSON.parse((await darkroom("redrive", "--yes", "--actor", "pull", ...at)).stdout).found).toEqual([]);
      expect(await allPictures(well.url)).toEqual(before);
      expect(JSON.parse((await darkroom("redrive", "--yes", "--actor", actor, ...at)).stdout)).toEqual({
        done: true,
        found,
      });
      const end = actor === "forget" ? "forgotten" : "published";
      expect(await endOf(well.url, end)).toEqual(clean[end]);
      expect(await statusOf(well.url)).toMatchObject({ stuck: { count: 0 }, deadLetters: { groups: [], more: false } });
      expect(JSON.parse((await darkroom("redrive", ...at)).stdout).found).toEqual([]);
    },
    120_000,
  );
});

/** As few tries as the others have: forget's are for a day on which CloudFront is busy. */
const impatient = (graph: Graph, actor: string): Graph =>
  actor === "forget"
    ? altered(graph, "aws:lambda/eventSourceMapping:EventSourceMapping", "forget-trigger-mapping", (inputs) => ({
        ...inputs,
        maximumRetryAttempts: 5,
      }))
    : graph;

async function photosIn(dir: string): Promise<string> {
  const photos = join(dir, "photos");
  await mkdir(photos);
  for (const seed of [1, 2])
    await writeFile(join(photos, `${seed}.jpg`), await makePhoto({ width: 100 * seed, height: 80, seed }));
  return photos;
}

async function sendAll(url: string, photos: string, end: Picture["status"]): Promise<readonly unknown[]> {
  const { code, stderr } = await darkroom("import", photos, "--to", operatorsAt(url));
  expect(code, stderr).toBe(0);
  return endOf(url, end);
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
  readonly deadLetters: { readonly groups: readonly { readonly count: number }[] };
}

async function statusOf(url: string): Promise<Report> {
  const { stdout } = await darkroom("status", "--at", operatorsAt(url), "--json");
  return JSON.parse(stdout) as Report;
}
