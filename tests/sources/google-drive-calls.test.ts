import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GoogleDriveDeps } from "../../providers/sources/google-drive.ts";
import { isAt, noise, refusal } from "../contract/source/rig.ts";
import { type FakeDrive, fakeDrive } from "../fakes/google-drive.ts";
import type { Fault } from "../fakes/service.ts";
import { pathsIn, sourceAt } from "./google-drive-rig.ts";

/** What Drive is told to do, and what it calls: results written back, and push channels. */

let fake: FakeDrive;
let root: string;
beforeEach(async () => {
  fake = await fakeDrive();
  root = fake.folder("Pictures");
});
afterEach(() => fake.close());

const fresh = (more: Partial<GoogleDriveDeps> = {}) => sourceAt(fake, root, { pageSize: 10, ...more });

describe("writing to google-drive", () => {
  const jpeg = { contentType: "image/jpeg" };
  const large = noise(9 * 1024 * 1024);
  const write = (name = "a.jpg", body = large) => fresh({ writeBack: root }).write!(name, body, jpeg);
  const chunks = () => fake.calls.filter(({ route }) => route === "upload/chunk");

  it("goes in chunks of 8 MiB, and on from where a broken connection left it", async () => {
    await write();
    expect(chunks().map(({ body }) => body.length)).toEqual([8, 1].map((mib) => mib * 1024 * 1024));
    fake.fault("upload/chunk", { kind: "lost" });
    const before = chunks().length;
    await write("b.jpg");
    const sizes = chunks().map(({ body }) => body.length);
    expect(sizes.slice(before)).toEqual([8 * 1024 * 1024, 0, 1024 * 1024]);
  });

  it.each<[string, Fault]>([
    ["is lost", { kind: "lost" }],
    ["is cut", { kind: "cut", after: 10 }],
  ])("makes one file also when the last answer %s", async (_, fault) => {
    fake.fault("upload/chunk", fault);
    const { id } = await write("small.jpg", noise(100));
    expect(fake.childrenOf(root).map((item) => item.id)).toEqual([id]);
  });

  it("takes back what arrived otherwise than it was sent", async () => {
    fake.digests = { md5Checksum: "0".repeat(32) };
    expect((await refusal(write())).code).toBe("INTEGRITY");
    expect(fake.childrenOf(root)).toEqual([]);
  });

  it("says QUOTA where there is no room, as for a service account", async () => {
    fake.full = true;
    expect(await refusal(write())).toMatchObject({
      code: "QUOTA",
      message: expect.stringContaining("service account"),
    });
  });

  it("sends no byte to another host that an upload is said to be at", async () => {
    const headers = { location: "https://elsewhere.example.com/upload" };
    fake.fault("upload/begin", { kind: "answer", answer: { status: 200, headers } });
    expect((await refusal(write())).code).toBe("UNAVAILABLE");
    expect(chunks()).toEqual([]);
  });

  it("makes a folder that is not there yet once, also for two at once", async () => {
    await Promise.all(["web/a.jpg", "web/b.jpg"].map((name) => write(name, noise(10))));
    expect(fake.childrenOf(root).map(({ name }) => name)).toEqual(["web"]);
    expect(pathsIn(fake, root).filter((path) => isAt(path, "a.jpg") || isAt(path, "b.jpg"))).toHaveLength(2);
  });
});

describe("webhook of google-drive", () => {
  const webhook = () => fresh({ webhookSecret: "channel-secret" }).webhook!;
  const call = (token: string | undefined, resourceState = "change") =>
    webhook().answer({
      method: "POST",
      headers: { "x-goog-channel-token": token, "x-goog-resource-state": resourceState },
      query: {},
      body: Buffer.alloc(0),
    });

  it("polls for a genuine call, not for the one that opens a channel, and answers 403 to any other", async () => {
    expect(await call("channel-secret")).toMatchObject({ status: 200, poll: true });
    expect(await call("channel-secret", "sync")).toMatchObject({ status: 200, poll: false });
    for (const forged of [undefined, "", "channel-secre", "channel-secret2"])
      expect(await call(forged), forged).toMatchObject({ status: 403, poll: false });
  });

  it("opens a channel for a week at most, and another before the earlier one is closed", async () => {
    const first = await webhook().renew!("https://hooks.example.com/team");
    expect(fake.channels).toMatchObject([{ address: "https://hooks.example.com/team", token: "channel-secret" }]);
    expect(Date.parse(first.expiresAt) - Date.now()).toBeLessThanOrEqual(7 * 24 * 3_600_000);
    expect(Date.parse(first.expiresAt) - Date.now()).toBeGreaterThan(6 * 24 * 3_600_000);
    const [earlier] = fake.channels;
    fake.fault("channels/stop", { kind: "meanwhile", act: () => expect(fake.channels).toHaveLength(2) });
    const second = await webhook().renew!("https://hooks.example.com/team", first.state);
    expect(fake.channels).toHaveLength(1);
    expect(fake.channels[0]?.id).not.toBe(earlier?.id);
    expect(JSON.parse(second.state).id).toBe(fake.channels[0]?.id);
  });

  it("renews also when the earlier channel ran out by itself", async () => {
    const state = JSON.stringify({ id: "gone", resourceId: "gone" });
    await webhook().renew!("https://hooks.example.com/team", state);
    expect(fake.channels).toHaveLength(1);
  });
});
