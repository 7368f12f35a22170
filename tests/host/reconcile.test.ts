import { expect, it, onTestFinished } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { altered, withVariable } from "./alter.ts";
import { startAltered } from "./altered-host.ts";
import { allPictures, operatorsAt, scratchDir, until } from "./harness.ts";

/** Hexadecimal digits with which the keys begin whose events the bus loses. */
const lost = ["0", "1"];
const isLost = (key: string) => lost.includes(key["uploads/".length]!);

/** The rule hears of some keys alone; the reconciler does not wait for five minutes first. */
const losing = (graph: Graph): Graph =>
  withVariable(
    altered(graph, "aws:cloudwatch/eventRule:EventRule", "intake-rule", ({ eventPattern, ...rest }) => {
      const { detail, ...pattern } = JSON.parse(String(eventPattern));
      const heard = [..."0123456789abcdef"].filter((digit) => !lost.includes(digit));
      const key = heard.map((digit) => ({ prefix: `uploads/${digit}` }));
      return { ...rest, eventPattern: JSON.stringify({ ...pattern, detail: { ...detail, object: { key } } }) };
    }),
    "reconcile",
    "TURNS",
    JSON.stringify({ objects: [0, 60], records: [30] }),
  );

it("brings every picture to its end though a tenth of the bucket's events are lost", async () => {
  const { dir, remove } = await scratchDir();
  onTestFinished(remove);
  const first = await startAltered(dir, losing);
  const uploads = await sign(first.url, { heard: 36, lost: 4 });
  for (const [seed, upload] of uploads.entries()) {
    const form = new FormData();
    for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(await photoOf(seed))]));
    expect((await fetch(upload.url, { method: "POST", body: form })).status).toBe(204);
  }
  const ids = (some: typeof uploads) => some.map(({ pictureId }) => pictureId).sort();
  const published = async (url: string) =>
    (await allPictures(url)).filter(({ status }) => status === "published").map(({ pictureId }) => pictureId);
  const heard = uploads.filter(({ fields }) => !isLost(fields.key));
  await until(async () => ((await published(first.url)).length >= heard.length ? true : undefined));
  await first.close();

  // The rule still loses them: it is the reconciler alone, at its call after the start, that finds them.
  const second = await startAltered(dir, losing);
  await until(async () => ((await published(second.url)).length === uploads.length ? true : undefined));
  expect((await published(second.url)).sort()).toEqual(ids(uploads));
}, 180_000);

const photoOf = (seed: number) => makePhoto({ width: 60, height: 40, seed });

interface Signed {
  readonly pictureId: string;
  readonly url: string;
  readonly fields: { readonly key: string; readonly [name: string]: string };
}

/** So many uploads of each kind; those that are too many are never made. */
async function sign(url: string, wanted: { heard: number; lost: number }): Promise<Signed[]> {
  const uploads: Signed[] = [];
  for (let seed = 0; wanted.heard + wanted.lost > 0; ) {
    const { length: bytes } = await photoOf(seed);
    const file = { name: `${seed}.jpg`, type: "image/jpeg", bytes };
    const answer = await fetch(`${operatorsAt(url)}/api/uploads`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ files: [file] }),
    });
    const [upload] = ((await answer.json()) as { uploads: [Signed] }).uploads;
    const kind = isLost(upload.fields.key) ? "lost" : "heard";
    if (wanted[kind] === 0) continue;
    wanted[kind] -= 1;
    uploads.push(upload);
    seed += 1;
  }
  return uploads;
}
