import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dataSecret } from "../../local/data-secret.ts";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { operatorOf } from "../../local/identities.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { altered, withVariable } from "./alter.ts";
import { darkroom, scratchDir, until } from "./harness.ts";

/** One program in two Regions on this machine, as `darkroom:regions` describes it. */
const [home, away] = ["eu-west-1", "eu-central-1"] as const;
const regions = [home, away];

/** What a Region that is out has not finished is taken over after three seconds, by a look every minute. */
const turns = { objects: [5, 60], records: [30, 60], adopt: 0.05 };
const oftener = (graph: Graph) =>
  altered(graph, "aws:scheduler/schedule:Schedule", "reconcile-schedule", (inputs) => ({
    ...inputs,
    scheduleExpression: "rate(1 minute)",
  }));

let host: Host;
let scratch: Awaited<ReturnType<typeof scratchDir>>;
const said: string[] = [];
const lines: string[] = [];

beforeAll(async () => {
  scratch = await scratchDir();
  host = await startHost({
    port: 0,
    dir: join(scratch.dir, "data"),
    stack: "dev",
    config: { "darkroom:regions": JSON.stringify(regions) },
    replicationDelayMs: 200,
    alter: (graph) => withVariable(oftener(graph), "reconcile", "TURNS", JSON.stringify(turns)),
    say: (text) => said.push(text),
    log: ({ line }) => lines.push(line),
  });
});
afterAll(async () => {
  await host?.close();
  await scratch?.remove();
});

it("publishes what comes to either Region there, and has the same of it in both", async () => {
  await upload(home, 1, 2);
  await upload(away, 2, 2);
  const items = await atRest(4);
  expect(await itemsIn(home)).toEqual(items);
  for (const record of recordsIn(items)) expect(record.region).toBe(record.homeRegion);
  expect(
    recordsIn(items)
      .map(({ homeRegion }) => homeRegion)
      .sort(),
  ).toEqual([away, away, home, home]);
  await until(async () => (publishedIn(home).join() === publishedIn(away).join() ? true : undefined));
  expect(publishedIn(home).length).toBeGreaterThan(0);
});

it("loses nothing of a Region that is cut off in the middle of its work and comes back", async () => {
  await awayAndBack({
    seed: 20,
    pictures: 5,
    async meanwhile() {
      await expect(fetch(`${host.regions.operatorsAt(away)}/api/pictures`)).rejects.toThrow();
      await expect(itemsIn(away)).rejects.toThrow();
    },
  });
});

it("has the other Region take over what one has not finished that is out, and nothing is done twice when it comes back", async () => {
  const earlier = recordsIn(await itemsIn(home)).length;
  await awayAndBack({
    seed: 30,
    pictures: 8,
    async meanwhile() {
      expect(await failover("--region", away)).toMatchObject({
        here: home,
        regions: [
          { region: home, out: false },
          { region: away, out: true, answers: false, agrees: false },
        ],
      });
      await until(async () => ((await failover()).regions[1].unfinished === 0 ? true : undefined));
      const known = recordsIn(await itemsIn(home)).slice(earlier);
      await until(async () => (recordsIn(await itemsIn(home)).every(isPublished) ? true : undefined));
      expect(known.length).toBeGreaterThan(0);
    },
  });
  const adopted = recordsIn(await itemsIn(away)).filter(({ adoptedFrom }) => adoptedFrom === away);
  expect(adopted.length).toBeGreaterThan(0);
  for (const { homeRegion, region } of adopted) expect([homeRegion, region]).toEqual([home, home]);

  const { regions: said } = await until(async () => {
    const found = await failover();
    return found.regions[1].agrees ? found : undefined;
  });
  expect(said[1]).toMatchObject({ region: away, out: true, answers: true });
  expect((await failover("--region", away, "--back")).regions[1]).toMatchObject({ out: false, unfinished: 0 });
}, 300_000);

/** As an operator asks the first Region. */
async function failover(...args: string[]) {
  const { code, stdout, stderr } = await darkroom(
    "failover",
    ...args,
    "--at",
    host.regions.operatorsAt(home),
    "--json",
  );
  if (code !== 0) throw new Error(`Expected an answer: ${stdout} ${stderr}`);
  return JSON.parse(stdout);
}

interface Absence {
  /** Of the pictures; no two runs may have the same. */
  readonly seed: number;
  /** How many the Region is given that is cut off, half as many the other one. */
  readonly pictures: number;
  /** What happens while it is gone, such as that the other one adopts its pictures. */
  readonly meanwhile: () => Promise<void>;
}

/**
 * Pictures to both Regions; one is cut off in the middle of its own and comes back. At the end all of
 * them are published, both Regions have the same, and nothing was done twice.
 */
async function awayAndBack({ seed, pictures, meanwhile }: Absence): Promise<void> {
  const before = recordsIn(await itemsIn(home));
  const ours = Math.ceil(pictures / 2);
  await upload(home, seed, ours);
  await upload(away, seed + 1, pictures);
  await until(async () => (recordsIn(await itemsIn(away)).some(isOnItsWay) ? true : undefined));
  await host.regions.cut(away);
  await meanwhile();
  const atHome = before.filter(({ homeRegion }) => homeRegion === home).length + ours;
  await until(async () => {
    const published = recordsIn(await itemsIn(home)).filter(isPublished);
    return published.filter(({ homeRegion }) => homeRegion === home).length >= atHome ? true : undefined;
  });
  await host.regions.rejoin(away);
  await atRest(before.length + ours + pictures);
  await until(async () => (publishedIn(home).join() === publishedIn(away).join() ? true : undefined));
  expect(saidTwice()).toEqual([]);
}

interface Record {
  readonly pictureId: string;
  readonly status: string;
  readonly homeRegion: string;
  readonly region: string;
  readonly adoptedFrom?: string;
}

/** As a person hands pictures in, to one Region's API. */
async function upload(region: string, seed: number, count: number): Promise<void> {
  const folder = join(scratch.dir, `in-${region}-${seed}`);
  await mkdir(folder);
  for (let n = 0; n < count; n++)
    await writeFile(join(folder, `${n}.jpg`), await makePhoto({ width: 360, height: 240, seed: seed * 10 + n }));
  const { code, stderr } = await darkroom("import", folder, "--to", host.regions.operatorsAt(region), "--json");
  if (code !== 0) throw new Error(`Expected every picture to be uploaded: ${stderr}`);
}

/** All items of a Region's replica, in one order. */
async function itemsIn(region: string): Promise<readonly string[]> {
  const credentials = operatorOf(await dataSecret(join(scratch.dir, "data")));
  const client = new DynamoDBClient({ region, endpoint: `${host.url}/aws/dynamodb`, credentials, maxAttempts: 1 });
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: "darkroom-dev-catalog-table" }));
    return Items.map((item) => JSON.stringify(Object.entries(item).toSorted())).toSorted();
  } finally {
    client.destroy();
  }
}

function recordsIn(items: readonly string[]): readonly Record[] {
  const all = items.map((item) => Object.fromEntries(JSON.parse(item)));
  return all
    .filter(({ sk }) => sk.S === "record")
    .map((item) => ({
      pictureId: item.pictureId.S,
      status: item.status.S,
      homeRegion: item.homeRegion.S,
      region: item.region.S,
      adoptedFrom: item.adoptedFrom?.S,
    }));
}

const isPublished = ({ status }: Record) => status === "published";

const isOnItsWay = ({ homeRegion, status }: Record) => homeRegion === away && status !== "published";

/** The items once all these pictures are published and both replicas say the same. */
const atRest = (pictures: number) =>
  until(async () => {
    const [one, other] = await Promise.all(regions.map(itemsIn));
    const published = recordsIn(one!).filter(({ status }) => status === "published");
    return published.length === pictures && JSON.stringify(one) === JSON.stringify(other) ? one : undefined;
  });

/** Keys of a Region's published bucket with the digest of what is there. */
function publishedIn(region: string): readonly string[] {
  const name = `darkroom-dev-published-bucket${region === home ? "" : `-${region}`}`;
  const folder = join(scratch.dir, "data", "objects", name, "objects");
  const metas = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
  return metas.map(({ key, etag }) => `${key} ${etag}`).toSorted();
}

/** Pictures whose publishing was said more than once. */
function saidTwice(): readonly string[] {
  const ids = lines
    .filter((line) => line.includes('"message":"published"'))
    .flatMap((line) => /"pictureId":"([^"]+)"/.exec(line)?.[1] ?? []);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}
