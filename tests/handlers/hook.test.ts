import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { requestOf, resultOf } from "../../handlers/aws/hook-event.ts";
import { createHook } from "../../handlers/hook.ts";
import { opened, type Use } from "../../handlers/opened.ts";
import { createPull } from "../../handlers/pull.ts";
import { createRenewal } from "../../handlers/renewal.ts";
import { dropboxWebhook } from "../../providers/sources/dropbox-webhook.ts";
import { type Source, SourceError, type Webhook } from "../../providers/sources/types.ts";
import { memorySource, pulling } from "../fixtures/memory-source.ts";

const plenty = () => 300_000;
const at = (iso: string) => new Date(iso);
const using =
  (source: Source): Use =>
  async (work) =>
    work(source);
const calledBack = (webhook?: Webhook) => ({ ...memorySource(), webhook });

describe("a call of a source's service", () => {
  function hooked(webhook: Webhook | undefined = dropboxWebhook("app-secret")) {
    const world = pulling();
    let calls = 0;
    const answer = createHook({
      name: "studio",
      use: using(calledBack(webhook)),
      call: async () => void calls++,
      log: world.log,
    });
    return { answer, calls: () => calls, lines: world.lines };
  }
  const signed = (body: Buffer, secret = "app-secret") => ({
    method: "POST",
    headers: { "x-dropbox-signature": createHmac("sha256", secret).update(body).digest("hex") },
    query: {},
    body,
  });
  const notice = Buffer.from('{"list_folder":{"accounts":["dbid:x"]}}');

  it("that is genuine queues one look, and is answered at once", async () => {
    const { answer, calls } = hooked();
    expect(await answer(signed(notice))).toEqual({ status: 200 });
    expect(calls()).toBe(1);
  });

  it("that is forged is answered 403 and queues nothing", async () => {
    const { answer, calls, lines } = hooked();
    expect(await answer(signed(notice, "another"))).toEqual({ status: 403 });
    expect(await answer({ ...signed(notice), body: Buffer.from("{}") })).toEqual({ status: 403 });
    expect(calls()).toBe(0);
    expect(lines.map(({ details }) => details["status"])).toEqual([403, 403]);
  });

  it("is not there for a source that no service calls for", async () => {
    const world = pulling();
    const answer = createHook({ name: "studio", use: using(memorySource()), call: async () => {}, log: world.log });
    expect(await answer(signed(notice))).toEqual({ status: 404 });
  });

  it("is refused like a forged one while the source cannot be opened: that is no fault of the caller's to see", async () => {
    const world = pulling();
    const use: Use = () => Promise.reject(new SourceError("studio", "CONFIG", "expected another secret"));
    const answer = createHook({ name: "studio", use, call: async () => {}, log: world.log });
    expect(await answer({ method: "GET", headers: {}, query: {}, body: Buffer.alloc(0) })).toEqual({ status: 403 });
    expect(world.lines).toMatchObject([{ outcome: "unheard", details: { source: "studio", reason: "CONFIG" } }]);
  });

  it("that is larger than any of theirs is not even looked at", async () => {
    const { answer, calls } = hooked();
    expect(await answer(signed(Buffer.alloc(64 * 1024 + 1)))).toEqual({ status: 413 });
    expect(calls()).toBe(0);
  });

  it("fails when it cannot be queued, so that the service calls again", async () => {
    const world = pulling();
    const call = () => Promise.reject(new Error("SQS is away"));
    const use = using(calledBack(dropboxWebhook("app-secret")));
    await expect(createHook({ name: "studio", use, call, log: world.log })(signed(notice))).rejects.toThrow("SQS");
  });

  it("reaches the provider with its bytes as they were sent, whether the event has them as text or base64", async () => {
    const { answer, calls } = hooked();
    const { headers, body } = signed(Buffer.from([0x7b, 0xff, 0xc3, 0x28, 0x7d]));
    const event = {
      requestContext: { http: { method: "POST" } },
      headers: { "X-Dropbox-Signature": headers["x-dropbox-signature"] },
      rawQueryString: "key=a%2Bb&key2=",
      body: body.toString("base64"),
      isBase64Encoded: true,
    } as unknown as Parameters<typeof requestOf>[0];
    expect(requestOf(event)).toMatchObject({ method: "POST", query: { key: "a+b", key2: "" }, body });
    expect(resultOf(await answer(requestOf(event)))).toEqual({
      statusCode: 200,
      headers: { "cache-control": "no-store" },
      body: "",
    });
    expect(calls()).toBe(1);
  });
});

describe("a look that was called for", () => {
  it("is one for a thousand calls that came before it began", async () => {
    const { deps, source, ledger, lines, clock } = pulling();
    source.put("a", Buffer.from("a"));
    const look = createPull(deps);
    const before = new Date(clock.now.getTime() - 500);
    await Promise.all(Array.from({ length: 1000 }, () => look(plenty, before)));
    expect(ledger.ticks).toHaveLength(1);
    expect(lines.filter(({ outcome }) => outcome === "answered")).toHaveLength(999);
  });

  it("is put off for a call that came since another began, which perhaps did not see the change", async () => {
    const { deps, ledger, calls, clock } = pulling();
    const look = createPull(deps);
    await look(plenty);
    clock.now = at("2026-11-23T12:00:05.000Z");
    await look(plenty, at("2026-11-23T12:00:04.000Z"));
    expect(ledger.ticks).toHaveLength(1);
    expect(calls).toEqual([15]);
    clock.now = at("2026-11-23T12:00:20.000Z");
    await look(plenty, at("2026-11-23T12:00:05.000Z"));
    expect(ledger.ticks).toHaveLength(2);
  });

  it("is put off once for ten thousand calls that come in the middle of a long one, and seen to when that is over", async () => {
    const { deps, ledger, calls, clock } = pulling();
    const begun = clock.now.getTime();
    await ledger.begin(clock.now.toISOString(), new Date(begun + 230_000).toISOString());
    const look = createPull(deps);
    clock.now = new Date(begun + 2_000);
    await Promise.all(Array.from({ length: 10_000 }, () => look(plenty, new Date(begun + 1_000))));
    let sent = begun + 2_000;
    // Each comes back 15 seconds after it was queued.
    for (let seen = 0; seen < calls.length; seen++) {
      clock.now = new Date(sent + 15_000);
      await look(plenty, new Date(sent));
      sent = clock.now.getTime();
    }
    expect(calls.length).toBeLessThan(20);
    expect(ledger.ticks).toHaveLength(1);
  });

  it("is put off while another lasts, and not for ever when that one died", async () => {
    const { deps, source, ledger, calls, clock } = pulling();
    const dying = { ...source, changes: () => Promise.reject(new Error("the process ends")) };
    await createPull({ ...deps, source: dying })(plenty).catch(() => {});
    clock.now = at("2026-11-23T12:02:00.000Z");
    await createPull(deps)(plenty, at("2026-11-23T12:01:59.000Z"));
    expect([ledger.ticks.length, calls]).toEqual([0, [15]]);
    clock.now = at("2026-11-23T12:05:01.000Z");
    await createPull(deps)(plenty, at("2026-11-23T12:05:00.000Z"));
    expect(ledger.ticks).toHaveLength(1);
  });

  it("never holds up the schedule's", async () => {
    const { deps, ledger } = pulling();
    const look = createPull(deps);
    await look(plenty);
    await look(plenty);
    expect(ledger.ticks).toHaveLength(2);
  });
});

describe("a subscription", () => {
  function renewing(expiresAt?: string, address = "https://pictures.example.com/hooks/studio") {
    const world = pulling();
    const renewed: (string | undefined)[] = [];
    let trouble: SourceError | undefined;
    if (expiresAt !== undefined) world.ledger.kept = { state: "channel-1", expiresAt };
    const webhook: Webhook = {
      answer: async () => ({ status: 200, poll: true }),
      async renew(to, state) {
        if (trouble) throw trouble;
        renewed.push(`${to} ${state}`);
        return { state: "channel-2", expiresAt: "2026-11-30T12:00:00.000Z" };
      },
    };
    const use = using(calledBack(webhook));
    const { ledger, now, log } = world;
    const renew = createRenewal({ name: "studio", use, ledger, address, now, log });
    return { ...world, renew, renewed, fail: (error: SourceError | undefined) => (trouble = error) };
  }

  it("is made where there is none, and kept", async () => {
    const { renew, renewed, ledger } = renewing();
    await renew();
    expect(renewed).toEqual(["https://pictures.example.com/hooks/studio undefined"]);
    expect(ledger.kept).toEqual({ state: "channel-2", expiresAt: "2026-11-30T12:00:00.000Z" });
    await renew();
    expect(renewed).toHaveLength(1);
  });

  it.each([
    ["2026-11-25T11:59:59.000Z", 1],
    ["2026-11-25T12:00:01.000Z", 0],
  ])("that ends at %s, two days from then, is renewed %i times", async (expiresAt, times) => {
    const { renew, renewed } = renewing(expiresAt);
    await renew();
    expect(renewed).toEqual(Array(times).fill("https://pictures.example.com/hooks/studio channel-1"));
  });

  it("that cannot be renewed is told, stops nothing, and is tried again an hour later", async () => {
    const { renew, renewed, ledger, lines, fail, clock } = renewing("2026-11-24T00:00:00.000Z");
    fail(new SourceError("studio", "FORBIDDEN", "this address is not verified"));
    await renew();
    expect(ledger.kept).toMatchObject({ state: "channel-1", trouble: { code: "FORBIDDEN" } });
    expect(lines.map(({ outcome }) => outcome)).toEqual(["unsubscribed"]);
    fail(undefined);
    clock.now = at("2026-11-23T12:59:00.000Z");
    await renew();
    expect(renewed).toEqual([]);
    clock.now = at("2026-11-23T13:00:00.000Z");
    await renew();
    expect(ledger.kept).toEqual({ state: "channel-2", expiresAt: "2026-11-30T12:00:00.000Z" });
  });

  it("is not asked for where no service could call", async () => {
    const { renew, renewed } = renewing(undefined, "http://127.0.0.1:4000/hooks/studio");
    await renew();
    expect(renewed).toEqual([]);
  });
});

describe("an opened source", () => {
  const failing = (code: "AUTH" | "UNAVAILABLE") => ({
    ...memorySource(),
    changes: () => Promise.reject(new SourceError("studio", code, "no")),
  });

  it.each([
    ["AUTH", 2],
    ["UNAVAILABLE", 1],
  ] as const)("that answers %s is opened %i times for two looks", async (code, times) => {
    let opens = 0;
    const source = opened("studio", "dropbox", async () => {
      opens += 1;
      return failing(code);
    });
    for (const _ of [1, 2]) await expect(source.changes()).rejects.toMatchObject({ code });
    expect(opens).toBe(times);
  });

  it("whose secret is wrong is in trouble like any other, until the secret is right", async () => {
    const world = pulling();
    let secret = "wrong";
    const source = opened("studio", "dropbox", async () => {
      if (secret === "wrong") throw new SourceError("studio", "CONFIG", "expected another secret");
      return world.source;
    });
    await createPull({ ...world.deps, source })(plenty);
    expect(world.ledger.ticks[0]?.trouble).toMatchObject({ code: "CONFIG" });
    secret = "right";
    await createPull({ ...world.deps, source })(plenty);
    expect(world.ledger.ticks[1]?.trouble).toBeUndefined();
  });
});
