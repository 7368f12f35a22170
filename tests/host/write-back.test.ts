import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import type { Standing } from "../../handlers/standing.ts";
import type { Graph } from "../../local/graph.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { withVariable } from "./alter.ts";
import { allPictures, operatorsAt, until } from "./harness.ts";
import { type SourcedHost, startSourced } from "./sourced.ts";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

it("a folder gets its results beside the originals, and they are not pulled again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  const disk = join(dir, "disk");
  await mkdir(disk);
  await writeFile(join(disk, "beach.jpg"), await makePhoto({ width: 400, height: 300, seed: 5 }));
  const options = { name: "disk", kind: "folder", path: disk, settleSeconds: 0, every: "1 minute", writeBack: "web" };
  const host = await startSourced(dir, [options]);
  cleanUps.push(() => host.close());

  const [standing, picture] = await until(async () => {
    const { writtenBack } = await standingOf(host);
    return writtenBack === 1 ? ([await standingOf(host), (await allPictures(host.url))[0]] as const) : undefined;
  });
  const { pictureId, renditions } = picture as PictureIn<"published">;
  const folder = join(disk, "web", `beach-${pictureId.slice(0, 8)}`);
  expect((await readdir(folder)).sort()).toEqual(renditions.map(({ name }) => name).sort());
  for (const { name, url } of renditions)
    expect(await readFile(join(folder, name))).toEqual(Buffer.from(await (await fetch(url)).arrayBuffer()));
  expect(await readFile(join(disk, "beach.jpg"))).toEqual(await makePhoto({ width: 400, height: 300, seed: 5 }));
  expect(standing).toMatchObject({ name: "disk", taken: 1, failed: 0, lastPollAt: expect.any(String) });
  expect(standing.trouble).toBeUndefined();

  // The next look comes a minute after the first; it must find its own results, and leave them.
  const next = await until(async () => {
    const now = await standingOf(host);
    return (now.skipped["own-output"] ?? 0) >= renditions.length ? now : undefined;
  });
  expect(next).toMatchObject({ taken: 1, writtenBack: 1 });
  expect(await allPictures(host.url)).toHaveLength(1);
}, 180_000);

it("results that were refused are written once the source takes them again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  const disk = join(dir, "disk");
  await mkdir(disk);
  await writeFile(join(disk, "beach.jpg"), await makePhoto({ width: 100, height: 80, seed: 5 }));
  const source = { name: "disk", kind: "folder", path: disk, settleSeconds: 0, every: "1 minute" };
  const sources = [{ ...source, writeBack: "web" }];
  const nowhere = (graph: Graph) => withVariable(graph, "write-back-disk", "SOURCE", JSON.stringify(source));
  const refusing = await startSourced(dir, sources, {}, nowhere);
  cleanUps.push(() => refusing.close());
  await until(async () => (await standingOf(refusing)).trouble);
  expect(await standingOf(refusing)).toMatchObject({ writtenBack: 0, trouble: { code: "CONFIG", needsPerson: true } });
  await refusing.close();

  const host = await startSourced(dir, sources);
  cleanUps.push(() => host.close());
  await until(async () => ((await standingOf(host)).writtenBack === 1 ? true : undefined));
  expect((await standingOf(host)).trouble).toBeUndefined();
  expect(await readdir(join(disk, "web"))).toHaveLength(1);
}, 180_000);

async function standingOf({ url }: SourcedHost): Promise<Standing> {
  const answer = await fetch(`${operatorsAt(url)}/api/sources`);
  const { sources } = (await answer.json()) as { sources: [Standing] };
  return sources[0];
}
