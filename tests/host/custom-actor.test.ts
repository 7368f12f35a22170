import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import { lackOf } from "../../local/wiring/resting.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { impatient } from "./alter.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";
import { type SourcedHost, startSourced } from "./sourced.ts";

const colour = {
  name: "dominant-colour",
  code: "docs/examples/dominant-colour",
  runtime: "python3.13",
  handler: "handler.handle",
  on: "published",
};
/** One that fails until a file is there. */
const moody = { ...colour, name: "moody", code: "tests/fixtures/moody" };
/** One that nothing on a laptop runs. */
const elsewhere = { ...colour, name: "elsewhere", runtime: "java25" };

const missing = await lackOf({ runtime: colour.runtime, codeDir: colour.code });
if (missing !== undefined) console.warn(`tests/host/custom-actor.test.ts is skipped: ${missing}.`);

describe.skipIf(missing !== undefined)("an actor of the stack's own, in Python", () => {
  let host: SourcedHost;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  beforeAll(async () => {
    scratch = await scratchDir();
    const failing = { ...moody, environment: { MOOD: mood() } };
    const more = { "darkroom:actors": JSON.stringify([colour, elsewhere, failing]) };
    host = await startSourced(scratch.dir, [], {}, (graph) => impatient(graph, "custom-moody"), more);
  });
  afterAll(async () => {
    await host?.close();
    await scratch?.remove();
  });
  const mood = () => join(scratch.dir, "mood");
  const linesOf = (name: string) => host.lines.filter((line) => line.name === name).map(({ line }) => line);

  it("adds its attribute to the record under the very policy it has in AWS, once, and wakes nobody in vain", async () => {
    const photos = join(scratch.dir, "photos");
    await mkdir(photos);
    await writeFile(join(photos, "one.png"), await makePhoto({ width: 400, height: 300, seed: 9, format: "png" }));
    await darkroom("import", photos, "--to", operatorsAt(host.url), "--wait");
    const picture = await until(async () => {
      const [one] = (await allPictures(host.url)) as (PictureIn<"published"> & Record<string, unknown>)[];
      return one?.["x-dominant-colour"] === undefined ? undefined : one;
    });
    expect(picture).toMatchObject({
      status: "published",
      "x-dominant-colour": expect.stringMatching(/^#[0-9a-f]{6}$/),
    });
    expect(distance(picture["x-dominant-colour"] as string, picture.colour)).toBeLessThan(0x60);
    // Were it woken by its own writing, it would be by now.
    await wait(2000);
    expect(linesOf("dominant-colour")).toEqual([`${picture.pictureId} is ${picture["x-dominant-colour"]}`]);
  }, 120_000);

  it("is given again by redrive what it gave up, and then keeps nothing of it", async () => {
    const [{ pictureId }] = (await allPictures(host.url)) as [PictureIn<"published">];
    const redrive = async (...more: string[]) =>
      JSON.parse((await darkroom("redrive", "--at", operatorsAt(host.url), "--json", ...more)).stdout);
    const lost = { actor: "moody", reason: "RETRIES_SPENT", pictureId, outcome: "woken" };
    const said = await until(async () => {
      const answer = await redrive();
      return answer.found.length > 0 ? answer : undefined;
    });
    expect(said).toEqual({ done: false, found: [lost] });
    await writeFile(mood(), "");
    expect(await redrive("--yes", "--actor", "moody")).toEqual({ done: true, found: [lost] });
    await until(async () => (linesOf("moody").includes(pictureId) ? true : undefined));
    expect(await redrive()).toEqual({ done: false, found: [] });
  }, 60_000);

  it("leaves nothing of a picture that is forgotten", async () => {
    const [{ pictureId }] = (await allPictures(host.url)) as [PictureIn<"published">];
    await darkroom("forget", pictureId, "--at", operatorsAt(host.url), "--yes");
    const gone = await until(async () => (await allPictures(host.url)).find(({ status }) => status === "forgotten"));
    expect(gone).not.toHaveProperty("x-dominant-colour");
  }, 60_000);

  it("rests, said in one sentence, where its language is not there", () => {
    expect(host.said.filter((text) => text.includes("rests"))).toEqual([
      "The actor elsewhere rests, as the laptop runs nothing in java25; all else works.",
    ]);
  });
});

/** The most that a channel of two colours differs by. */
function distance(a: string, b: string): number {
  const channels = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  return Math.max(...channels(a).map((channel, index) => Math.abs(channel - channels(b)[index]!)));
}
