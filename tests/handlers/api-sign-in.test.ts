import { describe, expect, it, onTestFinished, vi } from "vitest";
import { evenly, mailWithin } from "../../handlers/api/sign-in.ts";
import { invited, refusal, siteUrl } from "../fixtures/memory-frame.ts";
import { quotas, startIdentity } from "../fixtures/memory-identity.ts";

const sent = { status: 202, type: "application/json", body: {} };

describe("asking for a code", () => {
  it("mails it, as a link and as text, and keeps only its hash for fifteen minutes", async () => {
    const { signIn, people, codeMailed, clock } = startIdentity();
    expect(await signIn("ann@example.com")).toEqual(sent);
    expect(people.mails).toHaveLength(1);
    const [{ to, subject, text, html }] = people.mails as [(typeof people.mails)[number]];
    const code = codeMailed();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(to).toBe("ann@example.com");
    for (const part of [text, html]) {
      expect(part).toContain(`${siteUrl}/#sign-in=${code}`);
      expect(part).toContain(code.match(/.{1,4}/g)?.join("-"));
      expect(part).toContain("15 minutes");
    }
    // Subjects show on locked screens.
    expect(subject).not.toContain(code.slice(0, 4));
    expect(JSON.stringify([...people.codes])).not.toContain(code);
    expect([...people.codes.values()]).toEqual([
      { email: "ann@example.com", until: new Date(clock.now.getTime() + 15 * 60_000) },
    ]);
  });

  it("makes another code each time", async () => {
    const { signIn, people } = startIdentity();
    for (let i = 0; i < 3; i++) await signIn("ann@example.com");
    expect(people.codes.size).toBe(3);
  });

  it("says where the mail can be read, where it goes nowhere else", async () => {
    const readAt = "http://127.0.0.1:4000/mailbox";
    const { signIn } = startIdentity({ mail: { from: "darkroom@example.com", readAt } });
    for (const email of ["ann@example.com", "stranger@example.org"])
      expect((await signIn(email)).body).toEqual({ readAt });
  });

  it.each([
    ["ann@example.com", true],
    ["  Ann@Example.COM ", true],
    ["anybody@staff.example.com", true],
    ["rita@example.com", true],
    ["bob@example.com", false],
    ["ann@example.com.evil.org", false],
    ["x@notstaff.example.com", false],
    ["x@staff.example.com.evil.org", false],
    ["x@sub.staff.example.com", false],
    ["ann+tag@example.com", false],
  ])("mails to %j: %s, and answers the same", async (email, mailed) => {
    const { signIn, people, rests } = startIdentity();
    expect(await signIn(email)).toEqual(sent);
    expect(people.mails.map(({ to }) => to)).toEqual(mailed ? [email.trim().toLowerCase()] : []);
    // The same work: two counters, one code, one wait.
    expect([people.codes.size, people.counts.size, rests.length]).toEqual([1, 2, 1]);
  });

  it("lets everybody in when the settings say so", async () => {
    const { signIn, people } = startIdentity({ people: { uploaders: ["*"], reviewers: [] } });
    await signIn("anybody@anywhere.example");
    expect(people.mails).toHaveLength(1);
  });

  it("takes as long for a stranger as for a friend", async () => {
    const slow = startIdentity({
      send: async () => {
        slow.clock.now = new Date(slow.clock.now.getTime() + 300);
      },
    });
    await slow.signIn("ann@example.com");
    await slow.signIn("bob@example.com");
    expect(slow.rests).toEqual([evenly - 300, evenly]);
  });

  it("gives a slow mail up before the time that every answer takes", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    onTestFinished(() => timeout.mockRestore());
    const { signIn, rests, lines } = startIdentity({ send: async (_mail, signal) => signal.throwIfAborted() });
    expect(await signIn("ann@example.com")).toEqual(sent);
    expect(timeout.mock.calls).toEqual([[mailWithin]]);
    expect(evenly - mailWithin).toBeGreaterThanOrEqual(500);
    expect(rests).toEqual([evenly]);
    expect(lines.map(({ outcome }) => outcome)).toEqual(["code not sent"]);
  });

  it("never waits a negative time", async () => {
    const slow = startIdentity({
      send: async () => {
        slow.clock.now = new Date(slow.clock.now.getTime() + 5000);
      },
    });
    await slow.signIn("ann@example.com");
    expect(slow.rests).toEqual([0]);
  });

  it("answers the same when the mail cannot be sent, and logs that without the address", async () => {
    const { signIn, lines, faults } = startIdentity({
      send: async () => {
        throw Object.assign(new Error("not verified: ann@example.com"), { name: "MessageRejected" });
      },
    });
    expect(await signIn("ann@example.com")).toEqual(sent);
    expect(lines).toMatchObject([{ outcome: "code not sent", details: { error: "MessageRejected" } }]);
    expect(faults).toEqual([]);
  });

  it("never logs an address or a code", async () => {
    const { signIn, giveCode, codeMailed, lines } = startIdentity();
    for (const email of ["ann@example.com", "bob@example.com"]) await signIn(email);
    await giveCode(codeMailed());
    await giveCode("0".repeat(26));
    expect(lines.map(({ outcome }) => outcome)).toEqual(["code sent", "stranger", "signed in", "refused"]);
    expect(JSON.stringify(lines)).not.toMatch(/@|ann|bob|203\.0/);
    expect(JSON.stringify(lines)).not.toContain(codeMailed());
  });
});

describe("what is no address", () => {
  it.each([
    "",
    "ann",
    "ann@",
    "@example.com",
    "ann@example",
    "ann@@example.com",
    "ann @example.com",
    "ann@example.com\r\nBcc: all@example.com",
    "ann@example.com\n",
    "ann@example.com\u0000",
    "ann@example.com,bob@example.com",
    "Ann <ann@example.com>",
    "<script>@example.com",
    `${"a".repeat(250)}@example.com`,
    "änn@example.com",
    null,
    7,
    ["ann@example.com"],
    { $ne: "" },
  ])("refuses %j, before anything is kept or sent", async (email) => {
    const { signIn, people } = startIdentity({ people: { ...invited, uploaders: ["*"] } });
    expect(await signIn(email)).toEqual(refusal("BAD_EMAIL"));
    expect([people.codes.size, people.mails.length, people.counts.size]).toEqual([0, 0, 0]);
  });

  it("says so when nothing can be mailed at all", async () => {
    const { signIn, people } = startIdentity({ mail: null });
    expect(await signIn("ann@example.com")).toEqual(refusal("NO_MAIL"));
    expect(people.codes.size).toBe(0);
  });
});

describe("too many", () => {
  it("stops mailing to an address, silently, until the hour is over", async () => {
    const { signIn, people, clock } = startIdentity();
    for (let i = 0; i < quotas.codesPerAddress + 3; i++)
      expect(await signIn(i % 2 ? "ann@example.com" : "ANN@example.com", `203.0.113.${i}:1`)).toEqual(sent);
    expect(people.mails).toHaveLength(quotas.codesPerAddress);
    clock.now = new Date(clock.now.getTime() + 3600_000);
    await signIn("ann@example.com");
    expect(people.mails).toHaveLength(quotas.codesPerAddress + 1);
  });

  it("refuses an IP address that asks on and on, and says when to come back", async () => {
    const { signIn, fetch, people, clock } = startIdentity();
    clock.now = new Date("2026-11-23T12:20:00Z");
    for (let i = 0; i < quotas.codesPerIp; i++) expect(await signIn(`x${i}@staff.example.com`)).toEqual(sent);
    expect(await signIn("ann@example.com")).toEqual(refusal("TOO_MANY"));
    const asking = { method: "POST", body: { email: "ann@example.com" } };
    expect((await fetch("/api/sign-in", asking)).headers.get("retry-after")).toBe(String(40 * 60));
    expect(people.mails).toHaveLength(quotas.codesPerIp);
    expect(await signIn("ann@example.com", "198.51.100.1:50000")).toEqual(sent);
  });

  it("counts a household of IPv6 as one", async () => {
    const { signIn } = startIdentity();
    for (let i = 0; i < quotas.codesPerIp; i++) await signIn("ann@example.com", `2001:db8:1:2::${i.toString(16)}:443`);
    expect(await signIn("ann@example.com", "2001:db8:1:2:ffff::1:443")).toEqual(refusal("TOO_MANY"));
    expect(await signIn("ann@example.com", "2001:db8:1:3::1:443")).toEqual(sent);
  });
});
