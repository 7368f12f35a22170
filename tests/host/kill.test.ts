import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, type RunningHost, scratchDir, startProcess, until } from "./harness.ts";

const pictures = 50;
const kills = 8;
const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 100_000);

let scratch: Awaited<ReturnType<typeof scratchDir>>;
let host: RunningHost;
beforeAll(async () => {
  scratch = await scratchDir();
});
afterAll(async () => {
  await host?.kill();
  await scratch.remove();
});

it(`publishes ${pictures} pictures exactly once although the host is killed ${kills} times on the way (KILL_SEED=${seed})`, {
  timeout: 600_000,
}, async () => {
  const folder = join(scratch.dir, "in");
  const data = join(scratch.dir, "data");
  await mkdir(folder);
  for (let n = 0; n < pictures; n++)
    await writeFile(join(folder, `${n}.jpg`), await makePhoto({ width: 360, height: 240, seed: n + 1 }));

  host = await startProcess(data);
  const { port } = new URL(host.url);
  const upload = await darkroom("import", folder, "--to", host.url, "--json");
  expect(upload.code, upload.stderr).toBe(0);

  const lines: string[] = [];
  const random = randomOf(seed);
  for (let kill = 0; kill < kills; kill++) {
    await wait(200 + random() * 2500);
    await host.kill();
    lines.push(...host.lines);
    host = await startProcess(data, { port: Number(port) });
  }
  const records = await until(async () => {
    const all = await allPictures(host.url);
    return all.length === pictures &&
      all.every(({ status }) => ["published", "rejected", "review", "duplicate"].includes(status))
      ? all
      : undefined;
  });
  lines.push(...host.lines);

  expect(
    Object.entries(Object.groupBy(records, ({ status }) => status)).map(([status, all]) => `${all?.length} ${status}`),
  ).toEqual([`${pictures} published`]);
  // A status moves by one conditional write: whoever's write it was said so, and nobody else.
  const said = lines
    .filter((line) => line.includes('"message":"published"'))
    .map((line) => (JSON.parse(line) as { pictureId: string }).pictureId);
  expect(new Set(said).size, "a picture was said to be published twice").toBe(said.length);

  // What lies in the published bucket is what the records name: nothing twice, nothing left over, nothing missing.
  const expected = records.flatMap((record) => (record as PictureIn<"published">).renditions.map(({ key }) => key));
  expect(new Set(expected).size).toBe(expected.length);
  expect((await keysIn(join(data, "objects", "darkroom-dev-published-bucket"))).sort()).toEqual(expected.sort());
  for (const record of records) {
    const { url, bytesAfter } = (record as PictureIn<"published">).renditions[0]!;
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytesAfter);
  }
});

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
