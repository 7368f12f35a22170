import { describe, expect, it } from "vitest";
import { refusal } from "../fixtures/memory-frame.ts";
import { quotas, startIdentity } from "../fixtures/memory-identity.ts";

/** Somebody who has asked for a code. */
async function asked(options: Parameters<typeof startIdentity>[0] = {}, email = "ann@example.com") {
  const started = startIdentity(options);
  await started.signIn(email);
  return { ...started, code: started.codeMailed() };
}

const cookieOf = (response: Response) => response.headers.get("set-cookie") ?? "";
const sentBack = (response: Response) => ({ headers: { cookie: cookieOf(response).split(";")[0] } });
const read = async (response: Response) => ({
  status: response.status,
  type: response.headers.get("content-type"),
  body: await response.json(),
});

describe("signing in", () => {
  it("sets a cookie for thirty days that no script and no other host sees, and keeps only its hash", async () => {
    const { giveCode, code, people, clock } = await asked();
    const response = await giveCode(code);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ email: "ann@example.com", reviewer: false });
    const [token, ...attributes] = cookieOf(response).split("; ");
    expect(token).toMatch(/^__Host-darkroom=[\w-]{43}$/);
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict", "Secure"]);
    expect(JSON.stringify([...people.sessions])).not.toContain(token?.split("=")[1]);
    expect([...people.sessions.values()]).toEqual([
      { email: "ann@example.com", until: new Date(clock.now.getTime() + 30 * 24 * 3600_000) },
    ]);
  });

  it("sets a plain cookie where the page has no HTTPS: on a laptop", async () => {
    const { giveCode, code } = await asked({ site: "http://127.0.0.1:4000" });
    const cookie = cookieOf(await giveCode(code));
    expect(cookie).toMatch(/^darkroom=[\w-]{43}; /);
    expect(cookie).not.toContain("Secure");
  });

  it("takes a code as people give it back", async () => {
    const { giveCode, code } = await asked();
    const typed = ` ${code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replace(/.{5}/g, "$& - ")}`;
    expect((await giveCode(typed)).status).toBe(201);
  });

  it("tells a reviewer that they are one", async () => {
    const { giveCode, code } = await asked({}, "rita@example.com");
    expect(await (await giveCode(code)).json()).toEqual({ email: "rita@example.com", reviewer: true });
  });

  it("answers a wrong, a used, an expired and a withdrawn code alike", async () => {
    const started = await asked();
    const { giveCode, signIn, codeMailed, code, clock, people } = started;
    const bodies = new Set<string>();
    const refused = async (given: unknown) => {
      const response = await giveCode(given);
      expect(response.headers.get("set-cookie")).toBeNull();
      const answer = await read(response);
      expect(answer).toEqual(refusal("BAD_CODE"));
      bodies.add(JSON.stringify(answer));
    };
    await refused("0".repeat(26));
    await refused(`${code.slice(0, 25)}${code.endsWith("0") ? "1" : "0"}`);
    await refused(code.slice(1));
    await refused(`${code}0`);
    await refused("");
    await refused("☃".repeat(26));
    expect((await giveCode(code)).status).toBe(201);
    await refused(code);
    await signIn("ann@example.com");
    clock.now = new Date(clock.now.getTime() + 15 * 60_000);
    await refused(codeMailed());
    await signIn("ann@example.com");
    for (const [hash, kept] of people.codes) people.codes.set(hash, { ...kept, email: "gone@example.com" });
    await refused(codeMailed());
    expect(bodies.size).toBe(1);
    expect(people.sessions.size).toBe(1);
  });

  it.each([null, 7, undefined, ["A"], "0".repeat(201)])("refuses the code %j", async (code) => {
    const { giveCode } = startIdentity();
    expect(await read(await giveCode(code))).toEqual(refusal("BAD_CODE"));
  });

  it("lets one of two in who bring the same code at once", async () => {
    const { giveCode, code } = await asked();
    const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await giveCode(code)).status));
    expect(statuses.sort()).toEqual([201, 403, 403, 403]);
  });

  it("refuses an IP address that guesses on and on, even with the right code", async () => {
    const { giveCode, code } = await asked();
    for (let i = 0; i < quotas.codesPerIp; i++) expect((await giveCode("guess")).status).toBe(403);
    const response = await giveCode(code);
    expect(response.headers.get("retry-after")).toBe("3600");
    expect(await read(response)).toEqual(refusal("TOO_MANY"));
    // It was not used up by that.
    expect((await giveCode(code, "198.51.100.1:50000")).status).toBe(201);
  });
});

describe("being signed in", () => {
  it("lasts thirty days, over any number of functions, and not longer", async () => {
    const { giveCode, code, ask, clock } = await asked();
    const cookie = sentBack(await giveCode(code));
    const signedIn = { email: "ann@example.com", reviewer: false, limits: { maxBytes: 5000 } };
    clock.now = new Date(clock.now.getTime() + 30 * 24 * 3600_000 - 1000);
    expect((await ask("/api/session", cookie)).body).toEqual(signedIn);
    clock.now = new Date(clock.now.getTime() + 1000);
    expect(await ask("/api/session", cookie)).toEqual(refusal("SIGN_IN_FIRST"));
  });

  it("ends with signing out, for that session alone", async () => {
    const { giveCode, signIn, codeMailed, code, ask, fetch, people } = await asked();
    const first = sentBack(await giveCode(code));
    await signIn("ann@example.com");
    const second = sentBack(await giveCode(codeMailed()));
    const response = await fetch("/api/session", { method: "DELETE", ...first });
    expect(response.status).toBe(204);
    expect(cookieOf(response)).toMatch(/^__Host-darkroom=; Max-Age=0;.* Secure/);
    expect(people.sessions.size).toBe(1);
    expect(await ask("/api/session", first)).toEqual(refusal("SIGN_IN_FIRST"));
    expect((await ask("/api/session", second)).status).toBe(200);
  });

  it("ends when the settings let the person in no more, and says who may review at this moment", async () => {
    const people = { uploaders: ["ann@example.com"], reviewers: ["ann@example.com"] };
    const { ask } = startIdentity({ people });
    expect((await ask("/api/session", { by: "ann@example.com" })).body.reviewer).toBe(true);
    people.reviewers.length = 0;
    expect((await ask("/api/session", { by: "ann@example.com" })).body.reviewer).toBe(false);
    people.uploaders.length = 0;
    expect(await ask("/api/session", { by: "ann@example.com" })).toEqual(refusal("SIGN_IN_FIRST"));
  });

  it.each([
    undefined,
    "",
    "__Host-darkroom=",
    "__Host-darkroom=guess",
    "darkroom=token-of-ann-example-com",
    "__Host-darkroom=token of ann",
    `__Host-darkroom=${"x".repeat(5000)}`,
    "__proto__=1",
  ])("is not what the cookie %j makes", async (cookie) => {
    const { ask, people, clock } = startIdentity();
    await people.keepSession("", { email: "ann@example.com", until: new Date(clock.now.getTime() + 1000) });
    await ask("/api/session", { by: "ann@example.com" });
    expect(await ask("/api/session", { headers: { cookie } })).toEqual(refusal("SIGN_IN_FIRST"));
  });

  it("is not for operators, whom AWS vouches for", async () => {
    const { ask } = startIdentity();
    expect(await ask("/api/session", { by: "operator" })).toEqual(refusal("NOT_ALLOWED"));
    expect(await ask("/api/session", { by: "operator", method: "DELETE" })).toEqual(refusal("NOT_ALLOWED"));
  });
});
