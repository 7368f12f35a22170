import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DropboxSourceDeps, dropboxSource } from "../../providers/sources/dropbox.ts";
import { last, listed, noise, readAll, refusal, type SourceRig, tick, upserts } from "../contract/source/rig.ts";
import { allAbilities, brokenVariants, sourceContract } from "../contract/source.ts";
import { type FakeDropbox, fakeDropbox } from "../fakes/dropbox.ts";
import type { Fault } from "../fakes/service.ts";
import { liveRig } from "./dropbox-live.ts";
import { liveAbilities, offlineCases } from "./live.ts";

const root = "/Campaigns";
const under = (path: string) => `${root}/${path}`;

function sourceAt(fake: FakeDropbox, more: Partial<DropboxSourceDeps> = {}) {
  return dropboxSource({
    name: "campaigns",
    path: root,
    writeBack: `${root}/web`,
    token: fake.refreshSettings,
    fetch: fake.fetch,
    patience: { wait: async () => {} },
    ...more,
  });
}

function rigOf(fake: FakeDropbox): SourceRig {
  fake.folder(root);
  return {
    fresh: (patience) => sourceAt(fake, { pageSize: 10, patience: { wait: async () => {}, ...patience } }),
    foreign: () => sourceAt(fake, { name: "another" }),
    put: async (path, bytes) => void fake.put(under(path), bytes),
    remove: async (path) => fake.remove(under(path)),
    bytesOf: async (path) => {
      const content = fake.at(under(path))?.content;
      return content && Buffer.from(content.slice(0, content.size));
    },
    paths: async () => fake.paths().map((path) => path.slice(root.length + 1)),
    writtenPath: (path) => `web/${path}`,
    async oddities() {
      fake.put(under("brief.paper"), Buffer.from("x"), { downloadable: false });
      return { "brief.paper": "native-document" };
    },
    faults: {
      cut: (times, after) => fake.fault("files/download", { kind: "cut", after }, times),
      corruptBody: () => fake.fault("files/download", { kind: "corrupt" }, Number.POSITIVE_INFINITY),
      shortBody: () => fake.fault("files/download", { kind: "half" }, Number.POSITIVE_INFINITY),
      hang: (times) => fake.fault("files/download", { kind: "hang" }, times),
      rateLimit: (seconds) => fake.fault("*", { kind: "answer", answer: tooMany(seconds) }, Number.POSITIVE_INFINITY),
      revoke: () => fake.fault("*", { kind: "answer", answer: revoked }, Number.POSITIVE_INFINITY),
      forget: () => fake.forgetCursors(),
      breakWrites: () => fake.fault("files/upload_session/append_v2", { kind: "cut", after: -1 }),
      clear: () => fake.clear(),
      sent: () => fake.sent,
    },
    close: () => fake.close(),
  };
}

const tooMany = (seconds: number) => ({
  status: 429,
  headers: { "retry-after": String(seconds) },
  json: { error: { reason: { ".tag": "too_many_requests" }, retry_after: seconds } },
});
const revoked = { status: 400, json: { error: "invalid_grant" } };

sourceContract("dropbox", allAbilities, async () => rigOf(await fakeDropbox()));
brokenVariants("dropbox", allAbilities, async () => rigOf(await fakeDropbox()));

const token = process.env["DARKROOM_DROPBOX_TOKEN"];
describe.skipIf(token === undefined)("a real Dropbox (an access token in DARKROOM_DROPBOX_TOKEN)", () => {
  sourceContract("dropbox", liveAbilities, () => liveRig(token!));
});

describe("what stands in for the contract's hands at a real Dropbox", () => {
  it.each(offlineCases)("works: $title", async ({ run }) => {
    const fake = await fakeDropbox();
    const rig = await liveRig(fake.token(), fake.fetch);
    await run(rig);
    await rig.close();
    expect(fake.paths()).toEqual([]);
    await fake.close();
  });
});

describe("dropbox", () => {
  let fake: FakeDropbox;
  beforeEach(async () => {
    fake = await fakeDropbox();
    fake.folder(root);
  });
  afterEach(() => fake.close());
  const rig = () => rigOf(fake);
  const changesOf = async (cursor?: string) => (await tick(rig(), cursor)).changes;

  it("gets one token for however many first calls", async () => {
    const source = sourceAt(fake);
    await Promise.all(Array.from({ length: 5 }, () => source.changes()));
    expect(fake.count("oauth2/token")).toBe(1);
    expect(fake.calls.find(({ route }) => route === "oauth2/token")?.url.search).toBe("");
  });

  it("replaces a token that was withdrawn before its time, once for all that were using it", async () => {
    const source = sourceAt(fake);
    const { cursor } = await source.changes();
    fake.expireTokens();
    await Promise.all(Array.from({ length: 5 }, () => source.changes(cursor)));
    expect(fake.count("oauth2/token")).toBe(2);
  });

  it("says which source to connect again when its access was withdrawn, and no secret", async () => {
    const source = sourceAt(fake);
    const { cursor } = await source.changes();
    const token = fake.calls.at(-1)!.headers.authorization!.replace("Bearer ", "");
    fake.revoke();
    const error = await refusal(source.changes(cursor));
    expect(error).toMatchObject({ code: "AUTH", message: expect.stringContaining("re-authorise source campaigns") });
    for (const secret of [token, "app-secret", "refresh-token"])
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it("says AUTH also of a token that somebody else keeps and that is refused twice", async () => {
    expect((await refusal(sourceAt(fake, { token: async () => "old" }).changes())).code).toBe("AUTH");
    expect(fake.count("files/list_folder")).toBe(1);
  });

  it("names the permission that the app lacks", async () => {
    fake.missingScopes.add("files.content.read");
    const file = await listed(rig(), "a.jpg", noise(100));
    expect(await refusal(readAll(sourceAt(fake), file))).toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("files.content.read"),
    });
    fake.missingScopes.add("files.content.write");
    const { findings } = await sourceAt(fake).check();
    expect(findings.map(({ ok }) => ok)).toEqual([true, false, false]);
    expect(findings[2]?.sentence).toContain("files.content.write");
  });

  it("tells of a deleted folder by its path, and of a move as a delete and the same file elsewhere", async () => {
    const file = await listed(rig(), "a/deep/er.jpg", noise(100));
    await listed(rig(), "b/other.jpg", noise(100));
    const cursor = last(await tick(rig()));
    fake.move(under("a/deep/er.jpg"), under("a/moved.jpg"));
    fake.remove(under("b"));
    const changes = await changesOf(cursor);
    expect(changes).toContainEqual({ kind: "delete", path: under("a/deep/er.jpg") });
    expect(changes).toContainEqual({ kind: "delete", path: under("b") });
    expect(upserts({ changes }).map(({ id, path }) => ({ id, path }))).toEqual([
      { id: file.id, path: under("a/moved.jpg") },
    ]);
  });

  it("knows its own results whatever the case of the folder's name", async () => {
    fake.put("/campaigns/WEB/a.jpg", noise(10));
    expect(await changesOf()).toEqual([{ kind: "skip", path: "/campaigns/WEB/a.jpg", reason: "own-output" }]);
  });

  it("works in a team space when told which, and says so when it is another", async () => {
    fake.pathRoot = "123";
    fake.put(under("a.jpg"), noise(100));
    const source = sourceAt(fake, { pathRoot: "123" });
    const [file] = upserts(await source.changes());
    expect(await readAll(source, file!)).toHaveLength(100);
    await source.write!("b.jpg", noise(10), { contentType: "image/jpeg" });
    expect((await refusal(sourceAt(fake).changes())).code).toBe("CONFIG");
  });

  it("says CONFIG of a folder that is not there", async () => {
    const error = await refusal(sourceAt(fake, { path: "/Nowhere" }).changes());
    expect(error).toMatchObject({ code: "CONFIG", message: expect.stringContaining("/Nowhere") });
  });

  it.each([
    ["the header", { headers: { "retry-after": "9" }, json: {} }, 9000],
    ["the body", { json: { error: { reason: { ".tag": "too_many_requests" }, retry_after: 8 } } }, 8000],
    ["nothing", { json: {} }, 60_000],
  ])("waits as %s of a 429 says", async (_, answer, retryAfterMs) => {
    fake.fault("files/list_folder", { kind: "answer", answer: { status: 429, ...answer } });
    expect(await refusal(sourceAt(fake).changes())).toMatchObject({ code: "RATE_LIMITED", retryAfterMs });
  });

  it.each<[string, Fault]>([
    ["is cut", { kind: "cut", after: 20 }],
    ["never begins", { kind: "cut", after: -1 }],
    ["is no JSON", { kind: "answer", answer: { status: 200, json: "<html>" } }],
    ["fails", { kind: "answer", answer: { status: 503, json: "out of order" } }],
  ])("says UNAVAILABLE when a listing %s, and its cursor stays good", async (_, fault) => {
    const { cursor } = await sourceAt(fake).changes();
    fake.put(under("a.jpg"), noise(100));
    fake.fault("files/list_folder/continue", fault);
    const source = sourceAt(fake);
    expect((await refusal(source.changes(cursor))).code).toBe("UNAVAILABLE");
    expect(upserts(await source.changes(cursor))).toHaveLength(1);
  });

  it("says INTEGRITY when Dropbox told another hash, and CHANGED of a version that was replaced", async () => {
    fake.wrongHash = "0".repeat(64);
    const file = await listed(rig(), "a.jpg", noise(100));
    expect((await refusal(readAll(sourceAt(fake), file))).code).toBe("INTEGRITY");
    fake.put(under("a.jpg"), noise(100, 2));
    expect((await refusal(readAll(sourceAt(fake), file))).code).toBe("CHANGED");
  });

  it("writes in blocks of 4 MiB, and nothing shows before the last", async () => {
    const source = sourceAt(fake);
    fake.fault("files/upload_session/finish", { kind: "meanwhile", act: () => expect(fake.paths()).toEqual([]) });
    await source.write!("a.jpg", noise(9 * 1024 * 1024), { contentType: "image/jpeg" });
    const sizes = fake.calls.filter(({ route }) => route.startsWith("files/upload")).map(({ body }) => body.length);
    expect(sizes).toEqual([4, 4, 1].map((mib) => mib * 1024 * 1024));
    expect(fake.openSessions).toBe(0);
  });

  it("says CONFLICT also of the very same result", async () => {
    const write = () => sourceAt(fake).write!("a.jpg", noise(10), { contentType: "image/jpeg" });
    await write();
    expect((await refusal(write())).code).toBe("CONFLICT");
  });

  describe("webhook", () => {
    const webhook = () => sourceAt(fake, { appSecret: fake.appSecret }).webhook!;
    const call = (body: Buffer, signature?: string) =>
      webhook().answer({ method: "POST", headers: { "x-dropbox-signature": signature }, query: {}, body });

    it("repeats the challenge as text that no browser takes for a page", async () => {
      const challenge = "<script>alert(1)</script>";
      const answer = await webhook().answer({
        method: "GET",
        headers: {},
        query: { challenge },
        body: Buffer.alloc(0),
      });
      expect(answer).toEqual({
        status: 200,
        headers: { "content-type": "text/plain", "x-content-type-options": "nosniff" },
        body: challenge,
        poll: false,
      });
    });

    it("polls for a signed notice, and answers 403 to any other", async () => {
      const { body, signature } = fake.notification();
      expect(await call(body, signature)).toMatchObject({ status: 200, poll: true });
      for (const forged of [undefined, "", "zz", signature.slice(2), `00${signature.slice(2)}`, `${signature}00`])
        expect(await call(body, forged), forged).toMatchObject({ status: 403, poll: false });
      expect(await call(Buffer.concat([body, Buffer.from(" ")]), signature)).toMatchObject({
        status: 403,
        poll: false,
      });
    });

    it("is not there without the app's secret", () => {
      expect(sourceAt(fake).webhook).toBeUndefined();
    });
  });
});
