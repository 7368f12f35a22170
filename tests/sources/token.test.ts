import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  authorised,
  givenToken,
  keptToken,
  refreshGrant,
  retryAfterMs,
  tokenError,
} from "../../providers/sources/token.ts";
import { refusal } from "../contract/source/rig.ts";

/** Tokens t1, t2 … of an hour, each after a moment. */
function issuer(expiresInSeconds = 3600) {
  const state = { issued: 0, now: 1_000_000 };
  const obtain = async () => {
    await delay(5);
    return { value: `t${++state.issued}`, expiresInSeconds };
  };
  return { state, tokens: keptToken(obtain, () => state.now) };
}

describe("a kept token", () => {
  it("is obtained once for all that ask before it is there, and kept", async () => {
    const { state, tokens } = issuer();
    const five = await Promise.all(Array.from({ length: 5 }, () => tokens.current()));
    expect(new Set(five)).toEqual(new Set(["t1"]));
    expect(await tokens.current()).toBe("t1");
    expect(state.issued).toBe(1);
  });

  it("is replaced five minutes before it expires, a short one after most of its time", async () => {
    for (const [lifetime, good] of [
      [3600, 3299],
      [100, 79],
    ] as const) {
      const { state, tokens } = issuer(lifetime);
      await tokens.current();
      state.now += good * 1000;
      expect(await tokens.current()).toBe("t1");
      state.now += 2000;
      expect(await tokens.current()).toBe("t2");
    }
  });

  it("is replaced once for all whose calls were refused with it, also the late ones", async () => {
    const { state, tokens } = issuer();
    await tokens.current();
    const renewed = await Promise.all(Array.from({ length: 5 }, () => tokens.renewed("t1")));
    expect([...renewed, await tokens.renewed("t1")]).toEqual(Array(6).fill("t2"));
    expect(state.issued).toBe(2);
  });

  it("is asked for anew after a failure", async () => {
    let failing = true;
    const tokens = keptToken(async () => {
      if (failing) throw new Error("out of order");
      return { value: "t", expiresInSeconds: 3600 };
    });
    await expect(tokens.current()).rejects.toThrow("out of order");
    failing = false;
    expect(await tokens.current()).toBe("t");
  });
});

describe("a refresh", () => {
  const settings = { clientId: "id", clientSecret: "s3cret", refreshToken: "r3fresh" };
  const grant = (answer: typeof fetch) =>
    refreshGrant({ source: "team", tokenUrl: "https://auth.example.com/token", settings, fetch: answer });

  it("sends its secrets in the body, never in the address", async () => {
    const calls: { url: string; body: string }[] = [];
    const send: typeof fetch = async (url, init) => {
      calls.push({ url: String(url), body: String(init?.body) });
      return Response.json({ access_token: "t", expires_in: 3600 });
    };
    expect(await grant(send)()).toEqual({ value: "t", expiresInSeconds: 3600 });
    expect(calls).toEqual([
      {
        url: "https://auth.example.com/token",
        body: "grant_type=refresh_token&refresh_token=r3fresh&client_id=id&client_secret=s3cret",
      },
    ]);
  });

  it.each([
    ["a withdrawn consent", 400, { error: "invalid_grant" }, "AUTH"],
    ["a wrong client secret", 401, { error: "invalid_client" }, "CONFIG"],
    ["too many requests", 429, {}, "RATE_LIMITED"],
    ["a failure", 503, "<html>", "UNAVAILABLE"],
    ["an answer without a token", 200, {}, "UNAVAILABLE"],
  ])("fails with a code for %s, and keeps its secrets to itself", async (_, status, body, code) => {
    const error = await refusal(grant(async () => Response.json(body, { status }))());
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9 })).not.toMatch(/s3cret|r3fresh/);
  });

  it("says UNAVAILABLE when nobody answers", async () => {
    const error = await refusal(grant(async () => Promise.reject(new TypeError("fetch failed")))());
    expect(error.code).toBe("UNAVAILABLE");
  });

  it("repeats nothing of an answer but OAuth's own word", () => {
    expect(tokenError("team", 400, "a b?token=x").message).not.toContain("token=x");
  });
});

describe("an authorised fetch", () => {
  const answering = (good: string) => {
    const carried: (string | null)[] = [];
    const send: typeof fetch = async (_, init) => {
      const token = new Headers(init?.headers).get("authorization");
      carried.push(token);
      return new Response(null, { status: token === `Bearer ${good}` ? 200 : 401 });
    };
    return { carried, send };
  };

  it("tries once more with another token when one is refused, and only then", async () => {
    const { carried, send } = answering("t2");
    const { tokens } = issuer();
    expect((await authorised(tokens, send)("https://api.example.com")).status).toBe(200);
    expect(carried).toEqual(["Bearer t1", "Bearer t2"]);
    const never = answering("none");
    expect((await authorised(issuer().tokens, never.send)("https://api.example.com")).status).toBe(401);
    expect(never.carried).toHaveLength(2);
  });

  it("passes the refusal on when the given token stays the same", async () => {
    const { carried, send } = answering("none");
    const call = authorised(
      givenToken(async () => "same"),
      send,
    );
    expect((await call("https://api.example.com")).status).toBe(401);
    expect(carried).toHaveLength(1);
  });
});

describe("Retry-After", () => {
  it.each([
    ["7", 7000],
    ["0", 0],
    [new Date(1_000_000_000_000 + 9000).toUTCString(), 9000],
    [new Date(1_000_000_000_000 - 9000).toUTCString(), 0],
    ["soon", undefined],
    [null, undefined],
  ])("%s is %s ms", (value, expected) => {
    expect(retryAfterMs(value, () => 1_000_000_000_000)).toBe(expected);
  });
});
