import { createHash, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GoogleDriveDeps } from "../../providers/sources/google-drive.ts";
import { last, noise, readAll, refusal, tick, upserts } from "../contract/source/rig.ts";
import { allAbilities, brokenVariants, sourceContract } from "../contract/source.ts";
import { type FakeDrive, fakeDrive } from "../fakes/google-drive.ts";
import { failure } from "../fakes/google-drive-wire.ts";
import type { Fault } from "../fakes/service.ts";
import { liveRig } from "./google-drive-live.ts";
import { rigOf, sourceAt } from "./google-drive-rig.ts";
import { liveAbilities, offlineCases } from "./live.ts";

sourceContract("google-drive", allAbilities, async () => rigOf(await fakeDrive()));
brokenVariants("google-drive", allAbilities, async () => rigOf(await fakeDrive()));

const { DARKROOM_GOOGLE_DRIVE_TOKEN: token, DARKROOM_GOOGLE_DRIVE_FOLDER: parent } = process.env;
describe.skipIf(!token || !parent)(
  "a real Google Drive (an access token in DARKROOM_GOOGLE_DRIVE_TOKEN, a folder's id in DARKROOM_GOOGLE_DRIVE_FOLDER)",
  () => {
    sourceContract("google-drive", liveAbilities, () => liveRig(token!, parent!));
  },
);

describe("what stands in for the contract's hands at a real Google Drive", () => {
  it.each(offlineCases)("works: $title", async ({ run }) => {
    const fake = await fakeDrive();
    const mine = fake.folder("Mine");
    const rig = await liveRig(fake.token(), mine, fake.fetch);
    await run(rig);
    await rig.close();
    expect(fake.childrenOf(mine)).toEqual([]);
    await fake.close();
  });
});

describe("google-drive", () => {
  let fake: FakeDrive;
  let root: string;
  beforeEach(async () => {
    fake = await fakeDrive();
    root = fake.folder("Pictures");
  });
  afterEach(() => fake.close());

  const fresh = (more: Partial<GoogleDriveDeps> = {}) => sourceAt(fake, root, { pageSize: 10, ...more });
  const ticked = (cursor?: string, more: Partial<GoogleDriveDeps> = {}) => tick({ fresh: () => fresh(more) }, cursor);
  const pathsOf = (listed: Parameters<typeof upserts>[0]) =>
    upserts(listed)
      .map(({ path }) => path)
      .sort();

  it("gets one token for however many first calls, also for a service account", async () => {
    for (const auth of [fake.refreshSettings, fake.serviceAccount()]) {
      const before = fake.count("token");
      const source = fresh({ auth });
      await Promise.all(Array.from({ length: 5 }, () => source.changes()));
      expect(fake.count("token") - before).toBe(1);
    }
  });

  it("says which source to connect again when its access was withdrawn, and no secret", async () => {
    const source = fresh();
    const { cursor } = await source.changes();
    fake.expireTokens();
    await source.changes(cursor);
    fake.revoke();
    const error = await refusal(source.changes(cursor));
    expect(error).toMatchObject({ code: "AUTH", message: expect.stringContaining("re-authorise source team") });
    expect(inspect(error, { depth: 9 })).not.toMatch(/client-secret|refresh-token|ya29/);
    const { clientEmail } = fake.serviceAccount();
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const refused = await refusal(fresh({ auth: { clientEmail, privateKey: String(other) } }).changes());
    expect(refused.code).toBe("AUTH");
    expect(inspect(refused, { depth: 9 })).not.toMatch(/jwt-bearer|PRIVATE KEY/);
  });

  it("lists a folder that was moved in, with all below it, once", async () => {
    const elsewhere = fake.folder("Elsewhere");
    const album = fake.folder("Album", elsewhere);
    for (let i = 0; i < 15; i++) fake.file(`${i}.jpg`, fake.folder(`day ${i}`, album), noise(10, i));
    const cursor = last(await ticked());
    expect(upserts(await ticked(cursor))).toEqual([]);
    fake.move(album, root);
    const moved = await ticked(cursor);
    expect(pathsOf(moved)).toEqual(Array.from({ length: 15 }, (_, i) => `Album/day ${i}/${i}.jpg`).sort());
    expect(upserts(await ticked(last(moved)))).toEqual([]);
  });

  it("lists each folder of a new tree once, however many of them are told as changed", async () => {
    const source = fresh({ pageSize: 1000 });
    const one = () => source;
    const cursor = last(await tick({ fresh: one }));
    const album = fake.folder("Album", root);
    for (let i = 0; i < 5; i++) fake.file(`${i}.jpg`, fake.folder(`day ${i}`, album), noise(10, i));
    const before = fake.count("files/list");
    expect(new Set(pathsOf(await tick({ fresh: one }, cursor))).size).toBe(5);
    expect(fake.count("files/list") - before).toBe(6);
  });

  it("passes over what changes elsewhere in the drive", async () => {
    const elsewhere = fake.folder("Elsewhere");
    const cursor = last(await ticked());
    const id = fake.file("not ours.jpg", elsewhere, noise(10));
    fake.update(id, noise(11));
    fake.trash(id);
    fake.folder("not ours", elsewhere);
    expect((await ticked(cursor)).changes).toEqual([]);
    expect(fake.count("files/media")).toBe(0);
  });

  it("takes a file that was moved in, and what was renamed keeps its version", async () => {
    const elsewhere = fake.folder("Elsewhere");
    const id = fake.file("a.jpg", elsewhere, noise(10));
    const cursor = last(await ticked());
    fake.move(id, root);
    const [file] = upserts(await ticked(cursor));
    expect(file).toMatchObject({ id, path: "a.jpg", version: fake.get(id)?.headRevisionId });
  });

  it("tells of a file in the trash, and does not read it", async () => {
    const id = fake.file("a.jpg", root, noise(10));
    const first = await ticked();
    fake.trash(id);
    expect((await ticked(last(first))).changes).toEqual([{ kind: "delete", id }]);
    expect((await refusal(readAll(fresh(), upserts(first)[0]!))).code).toBe("NOT_FOUND");
  });

  it("keeps its cursor small in wide and deep trees, and finds every file with an instance for each page", async () => {
    let deep = root;
    for (let i = 0; i < 40; i++) deep = fake.folder(`level ${i}`, deep);
    fake.file("deepest.jpg", deep, noise(10));
    for (let i = 0; i < 40; i++) fake.file(`${i}.jpg`, fake.folder(`wide ${i}`, deep), noise(10, i));
    const source = fresh({ pageSize: 100 });
    const found: string[] = [];
    let largest = 0;
    let page = await source.changes();
    for (;;) {
      found.push(...pathsOf(page));
      largest = Math.max(largest, page.cursor.length);
      if (!page.more) break;
      page = await fresh({ pageSize: 100 }).changes(page.cursor);
    }
    expect(new Set(found).size).toBe(41);
    expect(found).toHaveLength(41);
    expect(largest).toBeLessThan(8 * 1024);
  });

  it("loses no file that is moved, while folders are listed, to where it has looked already", async () => {
    const id = fake.file("a.jpg", fake.folder("later", root), noise(10));
    fake.fault("files/list", { kind: "meanwhile", act: () => {} });
    fake.fault("files/list", { kind: "meanwhile", act: () => fake.move(id, root) });
    expect(pathsOf(await ticked())).toEqual(["a.jpg"]);
  });

  it("lists a folder anew when Drive forgot the place in it, and loses nothing", async () => {
    for (let i = 0; i < 35; i++) fake.file(`${i}.jpg`, root, noise(10, i));
    const first = await fresh().changes();
    const after = JSON.parse(Buffer.from(first.cursor, "base64url").toString()).state.after;
    const forgotten: Fault = { kind: "answer", answer: failure(400, "invalid", "pageToken") };
    fake.fault("files/list", forgotten);
    const rest = await ticked(first.cursor);
    expect(new Set([...pathsOf(first), ...pathsOf(rest)]).size).toBe(35);
    expect(rest.pages.some(({ resync }) => resync)).toBe(false);
    expect(JSON.parse(Buffer.from(rest.cursors[0]!, "base64url").toString()).state.after).toBe(after);
  });

  it("reaches into a shared drive when told which", async () => {
    const drive = fake.folder("Shared", undefined, "0ADrive");
    const inside = fake.folder("Pictures", drive);
    fake.file("a.jpg", inside, noise(10));
    const source = () => sourceAt(fake, inside, { driveId: "0ADrive" });
    const first = await tick({ fresh: source });
    expect(await readAll(source(), upserts(first)[0]!)).toHaveLength(10);
    fake.file("b.jpg", fake.folder("below", inside), noise(10));
    expect(pathsOf(await tick({ fresh: source }, last(first))).every((path) => path === "below/b.jpg")).toBe(true);
    expect((await source().check()).findings).toMatchObject([
      { ok: true },
      { ok: true },
      { sentence: "a.jpg can be read" },
      {},
    ]);
    const write = () =>
      sourceAt(fake, inside, { driveId: "0ADrive", writeBack: inside }).write!("a.jpg", noise(10), { contentType: "" });
    expect((await refusal(write())).code).toBe("CONFLICT");
    const { ok, findings } = await sourceAt(fake, inside).check();
    expect(ok).toBe(false);
    expect(findings[0]?.sentence).toContain("0ADrive");
  });

  it("does not take a part of a folder for the whole", async () => {
    fake.incomplete = true;
    expect((await refusal(fresh().changes())).code).toBe("UNAVAILABLE");
  });

  it("says CONFIG of a folder that the account cannot see", async () => {
    const error = await refusal(sourceAt(fake, "1Nowhere").changes());
    expect(error).toMatchObject({ code: "CONFIG", message: expect.stringContaining("1Nowhere") });
  });

  it.each([403, 429])("asks once and then waits when Drive says %s for too many calls", async (status) => {
    fake.fault("changes/startPageToken", { kind: "answer", answer: failure(status, "userRateLimitExceeded") });
    expect(await refusal(fresh().changes())).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 60_000 });
    expect(fake.count("changes/startPageToken")).toBe(1);
  });

  it.each<[string, Fault]>([
    ["is cut", { kind: "cut", after: 20 }],
    ["never begins", { kind: "cut", after: -1 }],
    ["is no JSON", { kind: "answer", answer: { status: 200, json: "<html>" } }],
    ["fails", { kind: "answer", answer: failure(503, "backendError") }],
  ])("says UNAVAILABLE when the changes %s, and its cursor stays good", async (_, fault) => {
    const cursor = last(await ticked());
    fake.file("a.jpg", root, noise(10));
    fake.fault("changes", fault);
    expect((await refusal(fresh().changes(cursor))).code).toBe("UNAVAILABLE");
    expect(pathsOf(await ticked(cursor))).toEqual(["a.jpg"]);
  });

  it.each(["cannotDownloadFile", "cannotDownloadAbusiveFile"])("says NOT_DOWNLOADABLE for %s", async (reason) => {
    fake.file("a.jpg", root, noise(10));
    const [file] = upserts(await ticked());
    fake.fault("files/media", { kind: "answer", answer: failure(403, reason) });
    expect((await refusal(readAll(fresh(), file!))).code).toBe("NOT_DOWNLOADABLE");
  });

  it("verifies by MD5 where Drive has no SHA-256, and says INTEGRITY when either is another", async () => {
    for (const [digests, code] of [
      [{ md5Checksum: createHash("md5").update(noise(10)).digest("hex") }, undefined],
      [{ md5Checksum: "0".repeat(32) }, "INTEGRITY"],
      [{ sha256Checksum: "0".repeat(64) }, "INTEGRITY"],
    ] as const) {
      fake.digests = digests;
      const id = fake.file("a.jpg", root, noise(10));
      const file = upserts(await ticked()).find((one) => one.id === id)!;
      if (code) expect((await refusal(readAll(fresh(), file))).code).toBe(code);
      else expect(await readAll(fresh(), file)).toHaveLength(10);
    }
  });
});
