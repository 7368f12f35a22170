import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { makePhoto } from "../fixtures/photos.ts";
import { impatient, withoutVariable } from "./alter.ts";
import { startAltered } from "./altered-host.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";
import { surviveKills } from "./kill.ts";

afterEach(() => vi.unstubAllEnvs());

const pictures = 8;
const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 100_000);

it(`publishes ${pictures} pictures exactly once although each kill of the host also changes what wakes the actors (KILL_SEED=${seed})`, {
  timeout: 300_000,
}, async () => {
  const { dir, remove } = await scratchDir();
  onTestFinished(remove);
  // From streams to SNS and back, each time in the middle of the work.
  const { findings } = await surviveKills({
    dir,
    pictures,
    kills: 2,
    seed,
    patience: 100,
    chainings: ["streams", "sns"],
  });
  expect(findings).toEqual({
    statuses: { published: pictures },
    saidTwice: [],
    missing: [],
    leftOver: [],
    unserved: [],
  });
});

it("what an actor gave up that SNS woke is said, and put back once it is mended", async () => {
  vi.stubEnv("DARKROOM_CHAINING", "sns");
  const { dir, remove } = await scratchDir();
  onTestFinished(remove);
  const [photos, data] = [join(dir, "photos"), join(dir, "data")];
  await mkdir(photos);
  await writeFile(join(photos, "1.jpg"), await makePhoto({ width: 100, height: 80, seed: 1 }));

  const broken = await startAltered(data, (graph) =>
    impatient(withoutVariable(graph, "resize", "RENDITIONS"), "resize"),
  );
  await darkroom("import", photos, "--to", operatorsAt(broken.url));
  const groups = await until(async () => {
    const { deadLetters } = await statusOf(broken.url);
    return deadLetters.groups.length > 0 ? deadLetters.groups : undefined;
  });
  expect(groups).toEqual([{ actor: "resize", reason: "RETRIES_SPENT", count: 1 }]);
  await broken.close();

  const { url } = await startAltered(data);
  const found = [{ actor: "resize", reason: "RETRIES_SPENT", pictureId: expect.any(String), outcome: "woken" }];
  expect(await redrive(url)).toEqual({ done: false, found });
  expect(await redrive(url, "--yes")).toEqual({ done: true, found });
  await until(async () => ((await allPictures(url))[0]?.status === "published" ? true : undefined));
  expect((await statusOf(url)).deadLetters.groups).toEqual([]);
}, 120_000);

async function redrive(url: string, ...more: string[]): Promise<unknown> {
  return JSON.parse((await darkroom("redrive", "--at", operatorsAt(url), "--json", ...more)).stdout);
}

interface Status {
  readonly deadLetters: { readonly groups: readonly { readonly actor: string }[] };
}
const statusOf = async (url: string): Promise<Status> =>
  (await (await fetch(`${operatorsAt(url)}/api/status`)).json()) as Status;
