import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { darkroom, scratch } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

/** A host that has taken in some pictures, and their ids. */
async function withPictures(count: number, options: Parameters<typeof fakeDarkroom>[0] = {}) {
  const dir = await scratch();
  for (let n = 0; n < count; n++) await writeFile(join(dir, `${n}.jpg`), String(n));
  const host = await fakeDarkroom(options);
  const ran = await darkroom(["import", dir, "--to", host.url, "--json"]);
  const ids = ran.json<{ pictures: { pictureId: string }[] }>().pictures.map(({ pictureId }) => pictureId);
  return { host, ids };
}

it("asks for each picture once to be forgotten, and with --wait ends when they are", async () => {
  const { host, ids } = await withPictures(2, { journey: () => ["forgetting", "forgetting", "forgotten"] });
  const ran = await darkroom(["forget", ...ids, ids[0]!, "--yes", "--wait", "--at", host.url, "--json"]);
  expect(host.forgotten).toEqual(ids);
  expect(ran.json()).toEqual({ pictures: ids.map((pictureId) => ({ pictureId, status: "forgotten" })) });
  expect(ran.code).toBe(0);
});

it("forgets the others when one is not there, and says so", async () => {
  const { host, ids } = await withPictures(1);
  const ran = await darkroom(["forget", "no-such", ids[0]!, "--yes", "--at", host.url]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toBe(`failed      no-such  NO_PICTURE: There is no such picture.\nforgetting  ${ids[0]}\n`);
});

it("says which did not come to their end in time", async () => {
  const { host, ids } = await withPictures(1, { journey: () => ["forgetting"] });
  const ran = await darkroom(["forget", ids[0]!, "--yes", "--wait", "--timeout", "1", "--at", host.url, "--json"]);
  expect(ran.json()).toMatchObject({ pictures: [{ status: "forgetting", reason: { code: "NO_PROGRESS" } }] });
  expect(ran.code).toBe(1);
});

it("forgets nothing that nobody has confirmed", async () => {
  const { host, ids } = await withPictures(1);
  const ran = await darkroom(["forget", ids[0]!, "--at", host.url, "--json"]);
  expect(ran.json()).toMatchObject({ error: { code: "NOT_CONFIRMED" } });
  expect(host.forgotten).toEqual([]);
});
