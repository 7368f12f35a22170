import { afterEach, describe, expect, it } from "vitest";
import { createAnswerPush } from "../../handlers/discover/answer-push.ts";
import { openRepository } from "../../providers/repositories/index.ts";
import { limited, refusal } from "../fakes/github-wire.ts";
import { ahead, type Discovering, discovering, jpeg, optionsOf, pageOf, png } from "../fixtures/discovering.ts";

const open: Discovering[] = [];
afterEach(async () => {
  for (const { github } of open.splice(0)) await github.close();
});
async function rig(...given: Parameters<typeof discovering>) {
  const made = await discovering(...given);
  open.push(made);
  return made;
}
const site = { "index.html": pageOf("a.jpg"), "a.jpg": jpeg };
const own = "darkroom/website";

describe("references", () => {
  it("that lead nowhere, out, to other sites, or into the page stay, each with a sentence where somebody can mend it", async () => {
    const references = {
      "gone.jpg": "MISSING",
      "../../etc/passwd.jpg": "OUTSIDE",
      "https://other.example/x.jpg": undefined,
      "data:image/gif;base64,R0lGODlhAQABAAAAACw=": undefined,
      "logo.svg": undefined,
      "pointer.jpg": "LFS_POINTER",
      "link.jpg": "MISSING",
      "vendored/x.jpg": "MISSING",
      "%zz.jpg": "BAD_ADDRESS",
      "text.jpg": "NOT_AN_IMAGE",
      "big.jpg": "TOO_LARGE",
    };
    const { github, look, develop, sent, deps } = await rig({
      "index.html": pageOf("a.jpg", ...Object.keys(references)),
      "a.jpg": jpeg,
      "logo.svg": "<svg/>",
      "pointer.jpg": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
      "link.jpg": { mode: "120000", content: "a.jpg" },
      vendored: { mode: "160000", content: "0123456789012345678901234567890123456789" },
      "text.jpg": "no picture at all",
      "big.jpg": Buffer.concat([jpeg, Buffer.alloc(5000)]),
    });
    const over = { ...deps, maxBytes: jpeg.length + 1000 };
    await look(over);
    expect(sent()).toEqual(["a.jpg", "text.jpg"]);
    await develop();
    await look(over);
    const page = github.text(own, "index.html")!;
    expect(page.match(/<picture/g)).toHaveLength(1);
    for (const [reference, code] of Object.entries(references)) {
      expect(page).toContain(`<img src="${reference}" width=60 alt='x'>`);
      const line = github.pulls[0]!.body.split("\n").find((each) =>
        each.startsWith(`- <code>${shown(reference)}</code>`),
      );
      if (code === undefined) expect(line, reference).toBeUndefined();
      else expect(line, reference).toMatch(new RegExp(`: [A-Z].+\\. \\(.*${code}\\)$`));
    }
    // The pointer was read once, and is not read again.
    github.push("main", { "other.md": "news" });
    const before = github.count("GET git/blobs");
    await look(over);
    expect(github.count("GET git/blobs") - before).toBe(1);
  });

  it("in broken HTML are changed, and the break is kept", async () => {
    const broken = `<div><p><img src="a.jpg" alt="<<"\n></span></div></b><table><td><!-- <img src="a.jpg"> ]]>\u0000<`;
    const { github, look, develop } = await rig({ "index.html": broken, "a.jpg": jpeg });
    await look();
    await develop();
    await look();
    const page = github.text(own, "index.html")!;
    expect(page.startsWith("<div><p><picture")).toBe(true);
    expect(page.endsWith(`</span></div></b><table><td><!-- <img src="a.jpg"> ]]>\u0000<`)).toBe(true);
  });

  it("in pages that are no UTF-8, or too large, stay, and the pull request says so", async () => {
    const latin = Buffer.from('<p>caf\xe9</p><img src="a.jpg">', "latin1");
    const { github, look, develop } = await rig({
      ...site,
      "latin.html": latin,
      "big.html": Buffer.alloc(10_000_001, " "),
    });
    await look();
    await develop();
    await look();
    expect(github.pulls[0]!.body).toContain("<code>latin.html</code>: The page is not UTF-8");
    expect(github.pulls[0]!.body).toContain("<code>big.html</code>: The page has more than the 10 MB that are read.");
    expect(ahead(github, own)).toHaveLength(1);
  });
});

describe("GitHub", () => {
  it.each([
    ["the hour's requests are used up", (now: Date) => limited.primary(Math.floor(now.getTime() / 1000) + 600), 600],
    ["too much came at once, for a time", () => limited.secondary(429, 120), 120],
    ["too much came at once (403)", () => limited.secondary(403), 60],
  ])("is left alone for as long as it asks where %s, and then all goes on", async (_, answerAt, seconds) => {
    const { github, look, develop, ledger, calls, world } = await rig(site);
    github.fault("GET git/trees", { kind: "answer", answer: answerAt(new Date()) });
    await look();
    expect(ledger.ticks.at(-1)!.trouble).toMatchObject({
      code: "RATE_LIMITED",
      sentence: expect.stringContaining("the limit of requests is used up; it is tried again"),
    });
    expect(calls.at(-1)! - seconds).toBeGreaterThanOrEqual(-2);
    expect(calls.at(-1)! - seconds).toBeLessThanOrEqual(1);
    // A call before its time asks GitHub nothing.
    const asked = github.calls.length;
    world.clock.now = new Date(world.clock.now.getTime() - 30 * 60_000 + 20_000);
    expect((await look({ now: () => new Date(world.clock.now.getTime() - 30 * 60_000) })).outcome).toBe("resting");
    expect(github.calls.length).toBe(asked);
    await look();
    await develop();
    await look();
    expect(github.pulls).toHaveLength(1);
  });

  it("is waited for where it asks for seconds", async () => {
    const { github, look, waits, sent } = await rig(site);
    github.fault("GET git/blobs", { kind: "answer", answer: limited.secondary(429, 5) });
    await look();
    expect(waits).toEqual([5000]);
    expect(sent()).toEqual(["a.jpg"]);
  });

  it("is not asked again for pages that were read before its limit came", async () => {
    const pages = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}.html`, pageOf("a.jpg", `x${n}.jpg`)]));
    const { github, look, ledger } = await rig({ ...pages, "a.jpg": jpeg });
    let left = 25;
    github.weather = ({ route }) =>
      route === "GET git/blobs" && left-- <= 0
        ? { kind: "answer", answer: limited.primary(Math.floor(Date.now() / 1000) + 60) }
        : undefined;
    await look();
    expect(ledger.ticks.at(-1)!.trouble).toMatchObject({ code: "RATE_LIMITED" });
    github.clear();
    const before = github.count("GET git/blobs");
    await look();
    // The other pages and the picture.
    expect(github.count("GET git/blobs") - before).toBe(15 + 1);
  });

  it.each([
    [
      "a token that was revoked",
      "AUTH",
      "was revoked or has run out; set another one",
      ({ github }: Discovering) => github.tokens.clear(),
    ],
    [
      "a token that may only read",
      "FORBIDDEN",
      "contents and pull requests, read and write",
      ({ github }: Discovering) => {
        github.may.write = false;
      },
    ],
    [
      "a token without pull requests",
      "FORBIDDEN",
      "contents and pull requests, read and write",
      ({ github }: Discovering) => {
        github.may.propose = false;
      },
    ],
    [
      "a repository that it cannot see",
      "FORBIDDEN",
      "GitHub knows no such repository for it",
      ({ github }: Discovering) => {
        github.may.read = false;
      },
    ],
    [
      "a branch that is not there",
      "CONFIG",
      "expected a branch main, but there is none",
      ({ github }: Discovering) => github.refs.delete("main"),
    ],
  ])("has %s told in a sentence, and a person called", async (_, code, sentence, spoil) => {
    const made = await rig(site);
    await made.look();
    await made.develop();
    spoil(made);
    await made.look();
    expect(made.ledger.ticks.at(-1)!.trouble).toMatchObject({ code, sentence: expect.stringContaining(sentence) });
    expect(made.measured.at(-1)).toMatchObject({ SourceNeedsPerson: 1 });
    expect(made.github.text("main", "index.html") ?? site["index.html"]).toBe(site["index.html"]);
  });

  it.each([
    refusal(422, "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"),
    refusal(403, "Protected branch update failed for refs/heads/main."),
  ])("has a protected branch left alone, and the way out told", async (answer) => {
    const { github, look, develop, ledger } = await rig(site, { deliver: "commit" });
    github.protected.set("main", answer);
    const head = github.refs.get("main");
    await look();
    await develop();
    await look();
    expect(github.refs.get("main")).toBe(head);
    expect(github.forced).toBe(0);
    expect(ledger.ticks.at(-1)!.trouble).toMatchObject({
      code: "FORBIDDEN",
      sentence: expect.stringContaining("it is protected. Deliver by pull-request, or let Darkroom pass the rule."),
    });
  });

  it("that breaks off or garbles a picture is asked again, and nothing of it stays", async () => {
    for (const fault of [{ kind: "cut", after: 50 }, { kind: "corrupt" }, { kind: "half" }] as const) {
      const { github, look, ledger, world, sent } = await rig({ "index.html": pageOf("a.png"), "a.png": png });
      await look({}, () => 300_000).catch(() => undefined);
      world.incoming.objects.clear();
      github.push("main", { "a.png": Buffer.concat([png, Buffer.alloc(2000, 1)]) });
      github.fault("GET git/blobs", fault);
      await look();
      expect(ledger.ticks.at(-1)!.trouble).toMatchObject({ code: "INTEGRITY" });
      expect(sent()).toEqual([]);
      await look();
      expect(sent()).toEqual(["a.png"]);
    }
  });
});

describe("a large repository", () => {
  it("whose tree GitHub cuts short is listed folder by folder, every file once", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`d${n % 6}/e${n % 3}/${n}.html`, pageOf(`/img/${n % 4}.png`)]),
    );
    const { github, look, sent } = await rig({
      ...files,
      "img/0.png": png,
      "img/1.png": jpeg,
      "root.md": "![](img/0.png)",
    });
    github.mostEntries = 15;
    expect((await look()).details).toMatchObject({ read: 61, sent: 2 });
    expect(sent()).toEqual(["img/0.png", "img/1.png"]);
    expect(github.calls.filter(({ route }) => route.endsWith("git/trees")).length).toBeLessThan(20);
  });

  it("of 100,000 files takes one question for its tree, one for each page, and none a second time", async () => {
    const files = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`data/${n % 300}/${n}.txt`, "x"]));
    const { github, look } = await rig({ ...files, ...site });
    github.mostEntries = 200_000;
    await look();
    expect(github.calls.map(({ route }) => route)).toEqual([
      "GET git/ref",
      "GET git/commits",
      "GET git/trees",
      "GET git/blobs",
      "GET git/blobs",
    ]);
    const before = github.count("GET git/blobs");
    github.push("main", { "data/0/0.txt": "y" });
    await look();
    expect(github.count("GET git/blobs")).toBe(before);
  });

  it("is read as far as time goes, and from there on at once", async () => {
    const pages = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}.html`, pageOf(`x${n}.jpg`)]));
    const { github, look, calls } = await rig(pages);
    const timeLeft = () => (github.count("GET git/blobs") < 20 ? 300_000 : 1000);
    expect((await look({}, timeLeft)).details).toMatchObject({ again: true });
    expect(calls).toEqual([15]);
    const before = github.count("GET git/blobs");
    await look();
    expect(before).toBeLessThan(30);
    expect(github.count("GET git/blobs")).toBe(50);
  });
});

describe("calls", () => {
  const secret = "a-long-random-text";
  async function calling(json = JSON.stringify({ token: "a-token", webhookSecret: secret })) {
    const made = await rig(site);
    const log: object[] = [];
    let looks = 0;
    const answer = createAnswerPush({
      name: "website",
      verify: async () => openRepository(optionsOf(), json).answer,
      call: async () => {
        looks += 1;
      },
      log: (outcome, details) => void log.push({ outcome, ...details }),
    });
    return { ...made, answer, log, looks: () => looks };
  }

  it("of GitHub for a push to the branch call for a look; other genuine ones are thanked for", async () => {
    const { github, answer, looks } = await calling();
    const post = (event: string, payload: object) =>
      answer({ method: "POST", ...github.delivery(event, payload, secret) });
    expect(await post("push", { ref: "refs/heads/main" })).toEqual({ status: 200 });
    expect(looks()).toBe(1);
    expect(await post("push", { ref: `refs/heads/${own}` })).toEqual({ status: 200 });
    expect(await post("ping", { zen: "Design for failure." })).toEqual({ status: 200 });
    expect(looks()).toBe(1);
  });

  it("that are forged are refused, and call for nothing", async () => {
    const { github, answer, looks } = await calling();
    const { headers, body } = github.delivery("push", { ref: "refs/heads/main" }, "a-guess");
    const genuine = github.delivery("push", { ref: "refs/heads/main" }, secret);
    const { "x-hub-signature-256": signature, ...unsigned } = genuine.headers;
    const sha1 = { ...unsigned, "x-hub-signature": signature!.replace("sha256", "sha1") };
    for (const forged of [
      { method: "POST", headers, body },
      { method: "POST", headers: unsigned, body },
      { method: "POST", headers: sha1, body },
      { method: "POST", headers: { ...unsigned, "x-hub-signature-256": "sha256=" }, body },
      { method: "POST", headers: { ...unsigned, "x-hub-signature-256": signature!.slice(0, -2) }, body },
      { method: "POST", headers: genuine.headers, body: Buffer.concat([genuine.body, Buffer.from(" ")]) },
    ])
      expect(await answer(forged)).toEqual({ status: 403 });
    expect(await answer({ method: "GET", headers: genuine.headers, body: genuine.body })).toEqual({ status: 405 });
    expect(await answer({ method: "POST", headers, body: Buffer.alloc(10_000_001) })).toEqual({ status: 413 });
    expect(looks()).toBe(0);
  });

  it("are unheard where no secret could prove them, and where the stack's secret is no such thing", async () => {
    const without = await calling(JSON.stringify({ token: "a-token" }));
    const delivery = without.github.delivery("push", { ref: "refs/heads/main" }, "");
    expect(await without.answer({ method: "POST", ...delivery })).toEqual({ status: 404 });
    const broken = await calling(JSON.stringify({ tokken: "a-secret-token", webhookSecret: secret }));
    expect(await broken.answer({ method: "POST", ...delivery })).toEqual({ status: 403 });
    expect(JSON.stringify(broken.log)).toContain("expected the secret of a repository as { token }");
    expect(JSON.stringify(broken.log)).not.toContain("a-secret-token");
  });
});

/** As names stand in the pull request, where nothing in them means anything. */
const shown = (text: string) =>
  text.replace(/[&<>|`*_[\]\\@#:!~]/g, (character) => `&#${character.charCodeAt(0)};`).slice(0, 500);
