import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, type RunningHost, scratchDir, startProcess, until } from "../host/harness.ts";
import {
  addresses,
  bodies,
  type CallAttack,
  codes,
  files,
  flood,
  places,
  type Stage,
  strangers,
  strangersThings,
} from "./calls.ts";
import { ask, askForCode, type Browser, post, signIn, slotFor } from "./rig.ts";
import { attackUpload, uploadAttacks } from "./uploads.ts";

/** Everything here is tried through the front door of a running host; none of it may leave a trace but in the log. */
describe("attacks on the front door", () => {
  let host: RunningHost;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let stage: Stage;
  let alice: Browser;
  let photo: Uint8Array<ArrayBuffer>;
  let honest: readonly Picture[];

  beforeAll(async () => {
    scratch = await scratchDir();
    host = await startProcess(join(scratch.dir, "data"));
    photo = new Uint8Array(await makePhoto({ width: 640, height: 480, seed: 1 }));
    alice = await signIn(host.url, "alice@example.com");
    const mallory = await signIn(host.url, "mallory@example.com");
    const { cookie: ended } = await signIn(host.url, "mallory@example.com");
    await ask(`${host.url}/api/session`, { method: "DELETE" }, ended);
    const slot = await slotFor(alice, photo.length);
    expect((await post(slot.url, slot.fields, photo)).status).toBe(204);
    await until(async () => {
      const [picture] = await allPictures(host.url);
      return picture?.status === "published" ? picture : undefined;
    });
    const begun = await alice.api("/uploads", {
      json: { files: [{ name: "big.jpg", type: "image/jpeg", bytes: 20_000_000 }], parts: true },
    });
    const { uploads } = (await begun.json()) as { uploads: [{ pictureId: string }] };
    const unused = await askForCode(host.url, "mallory@example.com");
    stage = { host: host.url, mallory, picture: slot.pictureId, upload: uploads[0].pictureId, ended, unused };
    honest = await allPictures(host.url);
  });
  afterAll(async () => {
    await host?.stop();
    await scratch?.remove();
  });

  /** A session in use, and a code that was mailed and never used. */
  const secrets = () => [stage.mallory.cookie.split("=")[1]!, stage.unused];

  const refuses = async ({ send, status, code }: CallAttack) => {
    const before = host.lines.length;
    const answer = await send(stage);
    const text = await answer.text();
    expect({ status: answer.status, text }).toMatchObject({ status });
    if (code === undefined) return;
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(JSON.parse(text)).toMatchObject({ status, code, detail: expect.stringMatching(/^[A-Z].+[.)]$/s) });
    await until(async () => host.lines.slice(before).find((line) => line.includes(`"${code}"`)));
  };

  it("are sixty and more", () => {
    const calls = [strangers, codes, addresses, bodies, files, strangersThings, places, uploadAttacks];
    expect(calls.flat().length).toBeGreaterThanOrEqual(60);
  });

  describe("a stranger", () => it.each(strangers)("$name", refuses));
  describe("somebody with a code", () => it.each(codes)("$name", refuses));
  describe("an address", () => it.each(addresses)("$name", refuses));
  describe("a body", () => it.each(bodies)("$name", refuses));
  describe("a file", () =>
    it.each(files)("$name", async ({ send, refusal }) => {
      const answer = (await (await send(stage)).json()) as { uploads: unknown[] };
      expect(answer.uploads).toEqual([{ error: { code: refusal, sentence: expect.stringMatching(/\.$/) } }]);
    }));
  describe("what is somebody else's", () => {
    it.each(strangersThings)("$name", refuses);

    it("is left out of a list of ids", async () => {
      const answer = await stage.mallory.api(`/pictures?ids=${stage.picture}`);
      expect(await answer.json()).toEqual({ pictures: [] });
    });
  });
  describe("a place", () => it.each(places)("$name", refuses));

  describe("an upload", () => {
    it.each(uploadAttacks)("$name", async (attack) => {
      const { answer } = await attackUpload(stage.mallory, photo, attack);
      const text = await answer.text();
      expect({ status: answer.status, code: /<Code>(\w+)</.exec(text)?.[1] }).toEqual({
        status: attack.status,
        code: attack.code,
      });
    });

    it("sent again with other bytes changes nothing that was taken", async () => {
      const before = (await allPictures(host.url)).find(({ pictureId }) => pictureId === stage.picture);
      const slot = await slotFor(alice, photo.length);
      await post(slot.url, slot.fields, photo);
      const taken = await until(async () =>
        (await allPictures(host.url)).find(({ pictureId }) => pictureId === slot.pictureId),
      );
      const other = photo.slice();
      other.set([0xff, 0xd9], photo.length - 900);
      expect((await post(slot.url, slot.fields, other)).status).toBe(204);
      await until(async () => host.lines.find((line) => line.includes('"known"') && line.includes(slot.pictureId)));
      const after = await allPictures(host.url);
      expect(after.find(({ pictureId }) => pictureId === slot.pictureId)).toMatchObject({
        contentHash: (taken as { contentHash?: string }).contentHash,
      });
      expect(after.find(({ pictureId }) => pictureId === stage.picture)).toEqual(before);
      honest = after;
    });
  });

  it("a name that is a script stays a name", async () => {
    const name = "<script>alert(1)</script>\r\nx-evil: 1/../../a.jpg";
    const slot = await slotFor(alice, 3, name);
    expect((await post(slot.url, slot.fields, new Uint8Array([1, 2, 3]))).status).toBe(204);
    const refused = await until(async () =>
      (await allPictures(host.url)).find(({ pictureId }) => pictureId === slot.pictureId),
    );
    expect(refused).toMatchObject({ status: "rejected", uploader: "alice@example.com" });
    expect(refused.name).not.toMatch(/[\r\n/]/);
    honest = await allPictures(host.url);
  });

  it("after all of them there is nothing that honest people did not send", async () => {
    const now = await allPictures(host.url);
    expect(now.map(({ pictureId }) => pictureId)).toEqual(honest.map(({ pictureId }) => pictureId));
    expect(now.every(({ uploader }) => uploader === "alice@example.com")).toBe(true);
  });

  it("no log line shows an address or a code", async () => {
    const lines = host.lines.join("\n");
    expect(lines).not.toMatch(/mallory@example|alice@example/);
    for (const secret of secrets()) expect(lines).not.toContain(secret);
  });

  it("sessions and codes are kept as hashes only", async () => {
    const tables = join(scratch.dir, "data", "tables");
    // Somebody's address is there to be found, so that finding no secret means something.
    expect(await treeContains(tables, "mallory@example.com")).toBe(true);
    for (const secret of secrets()) expect(await treeContains(tables, secret)).toBe(false);
  });

  it("a flood of codes ends, whatever address it claims, and mails only a few", async () => {
    const { last, mails } = await flood(stage);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await last.json()).toMatchObject({ code: "TOO_MANY" });
    expect(mails).toBeLessThanOrEqual(5);
  });
});

async function treeContains(dir: string, text: string): Promise<boolean> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(text)) return true;
  return false;
}
