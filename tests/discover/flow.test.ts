import { afterEach, describe, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import { ahead, type Discovering, discovering, jpeg, pageOf, png } from "../fixtures/discovering.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";

const open: Discovering[] = [];
afterEach(async () => {
  for (const { github } of open.splice(0)) await github.close();
});
async function rig(...given: Parameters<typeof discovering>) {
  const made = await discovering(...given);
  open.push(made);
  return made;
}

const site = {
  "index.html": pageOf("img/beach.jpg", "/img/hut.png"),
  "about/index.html": pageOf("../img/beach.jpg"),
  "style.css": "a { background: url(img/hut.png) }\n",
  "README.md": "# Site\n\n![A hut](img/hut.png)\n",
  "notes.txt": "img/unseen.jpg",
  "img/beach.jpg": jpeg,
  "img/hut.png": png,
  "img/unseen.jpg": Buffer.concat([jpeg, Buffer.from("x")]),
};
const own = "darkroom/website";

/** Everything up to the pull request. */
async function proposed(files: Parameters<typeof discovering>[0] = site, said = {}) {
  const made = await rig(files, said);
  await made.look();
  await made.develop();
  await made.look();
  return made;
}

describe("a repository's pages", () => {
  it("have the pictures sent that they show, and no others, as files of a source", async () => {
    const { look, sent, world, ledger } = await rig(site);
    expect(await look()).toMatchObject({ outcome: "discovered", details: { sent: 2, waiting: 2 } });
    expect(sent()).toEqual(["img/beach.jpg", "img/hut.png"]);
    const [key, { metadata }] = [...world.incoming.objects][0]!;
    expect(key).toMatch(/^pulled\/website\/[0-9a-f-]{36}$/);
    expect(metadata).toMatchObject({ source: "website", revision: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(ledger.counts.taken).toBe(2);
  });

  it("are rewritten in one commit and proposed in one pull request when all are published", async () => {
    const { github, look, develop } = await rig(site);
    await look();
    expect(github.pulls).toEqual([]);
    await develop();
    expect((await look()).details).toMatchObject({ sent: 0, waiting: 0, delivered: { url: expect.any(String) } });
    expect(github.pulls).toMatchObject([{ head: own, base: "main", state: "open" }]);
    expect(ahead(github, own)).toHaveLength(1);
    const page = github.text(own, "index.html")!;
    expect(page).toMatch(/^<!doctype html>\r\n<html><body CLASS=odd>\n<picture/);
    expect(page).toContain("https://pictures.example/");
    expect(github.text(own, "style.css")).toMatch(/^a \{ background: url\(https:\/\/pictures\.example\/[^)]+\) }\n$/);
    expect(github.text(own, "README.md")).toMatch(/^# Site\n\n!\[A hut]\(https:\/\/pictures\.example\/\S+\)\n$/);
    // Pictures and all else are as they were, and main has only what people put there.
    const [before, after] = ["main", own].map((ref) =>
      github.git.files(github.git.commits.get(github.refs.get(ref)!)!.tree),
    );
    const changed = [...after!].filter(([path, { sha }]) => before!.get(path)?.sha !== sha).map(([path]) => path);
    expect(changed.sort()).toEqual(["README.md", "about/index.html", "index.html", "style.css"]);
    expect(github.text("main", "index.html")).toBe(site["index.html"]);
  });

  it("make nothing new while nothing changes, and are not even asked for", async () => {
    const { github, look, ledger } = await proposed();
    const [calls, pulls, head] = [github.calls.length, structuredClone(github.pulls), github.refs.get(own)];
    await look();
    expect(github.pulls).toEqual(pulls);
    expect(github.refs.get(own)).toBe(head);
    // The head of the branch: two questions.
    expect(github.calls.length - calls).toBe(2);
    expect(ledger.ticks.at(-1)).toMatchObject({ pages: 0, queued: 0, trouble: undefined });
  });

  it.each(["merge", "squash"] as const)(
    "that were merged (%s) are finished: the second run is an empty diff",
    async (way) => {
      const { github, look, world } = await proposed();
      github.merge(1, way);
      const { details } = await look();
      expect(details).toMatchObject({ sent: 0, waiting: 0 });
      expect(details).not.toHaveProperty("delivered");
      expect(github.pulls).toHaveLength(1);
      expect(world.incoming.objects.size).toBe(2);
    },
  );

  it("get another pull request after that, on the same branch, which shows the new change alone", async () => {
    const { github, look, develop } = await proposed();
    github.merge(1, "squash");
    github.push("main", {
      "new.html": pageOf("img/new.jpg"),
      "img/new.jpg": Buffer.concat([jpeg, Buffer.from("new")]),
    });
    await look();
    await develop();
    await look();
    expect(github.pulls).toMatchObject([{ state: "closed" }, { state: "open", head: own }]);
    expect(github.pulls[1]!.title).toBe("Serve smaller pictures in 1 file");
    expect(github.mergeable(2)).toBe(true);
    github.merge(2);
    expect(github.text("main", "new.html")).toContain("https://pictures.example/");
    expect(github.text("main", "index.html")).toContain("https://pictures.example/");
  });

  it("are committed to the branch itself where the stack says so", async () => {
    const { github, look } = await proposed(site, { deliver: "commit" });
    expect(github.pulls).toEqual([]);
    expect([...github.refs.keys()]).toEqual(["main"]);
    expect(github.git.history(github.refs.get("main")!).size).toBe(2);
    expect(github.git.commits.get(github.refs.get("main")!)!.message).toMatch(
      /^Serve smaller pictures in 4 files\n\nDarkroom-Plan: [0-9a-f]{64}\nDarkroom-Base: [0-9a-f]{40}\nDarkroom-Tree: [0-9a-f]{40}\n$/,
    );
    expect((await look()).details).not.toHaveProperty("delivered");
    expect(github.git.history(github.refs.get("main")!).size).toBe(2);
  });

  it("of a folder are looked through as a site of its own, where the globs let them", async () => {
    const { github, sent } = await proposed(
      {
        "public/index.html": pageOf("/blog/a.jpg", "../outside.jpg", "/elsewhere.jpg"),
        "public/draft/index.html": pageOf("/blog/b.png"),
        "public/a.jpg": jpeg,
        "public/b.png": png,
        "outside.jpg": jpeg,
        "index.html": pageOf("public/b.png"),
      },
      { folder: "public", base: "/blog/", globs: ["public/**", "!public/draft/**"] },
    );
    expect(sent()).toEqual(["public/a.jpg"]);
    expect(github.text(own, "public/index.html")).toContain('src="../outside.jpg"');
    expect(github.text(own, "public/index.html")).toContain("https://pictures.example/");
    expect(github.pulls[0]!.body).toContain("OUTSIDE");
  });
});

describe("a push", () => {
  const moments = ["GET git/blobs", "POST git/trees", "POST git/commits"];
  it.each((["pull-request", "commit"] as const).flatMap((deliver) => moments.map((moment) => ({ deliver, moment }))))(
    "before $moment has a $deliver done again on what is newest, losing nobody's work",
    async ({ deliver, moment }) => {
      const { github, look, develop } = await rig(site, { deliver });
      await look();
      await develop();
      const pushed = pageOf("img/hut.png").replace("odd", "pushed");
      github.fault(moment, { kind: "meanwhile", act: () => void github.push("main", { "index.html": pushed }) });
      await look();
      // In a pull request, what came after its commit comes with the next look, which that push calls for.
      await look();
      const branch = deliver === "commit" ? "main" : own;
      expect(github.text(branch, "index.html")).toContain("CLASS=pushed");
      expect(github.text(branch, "index.html")).toContain("https://pictures.example/");
      expect(github.forced).toBe(0);
      expect(github.pulls).toHaveLength(deliver === "commit" ? 0 : 1);
      if (deliver === "pull-request") expect(github.mergeable(1)).toBe(true);
    },
  );

  it("to a proposed page has the one pull request made anew, without a conflict", async () => {
    const { github, look } = await proposed();
    github.push("main", { "index.html": pageOf("img/beach.jpg").replace("odd", "pushed") });
    expect(github.mergeable(1)).toBe(false);
    await look();
    expect(github.pulls).toMatchObject([{ number: 1, state: "open" }]);
    expect(github.mergeable(1)).toBe(true);
    github.merge(1);
    expect(github.text("main", "index.html")).toContain("CLASS=pushed");
    expect(github.forced).toBe(0);
  });

  it("elsewhere leaves the pull request as it is", async () => {
    const { github, look } = await proposed();
    const head = github.refs.get(own);
    github.push("main", { "notes.txt": "other" });
    await look();
    expect(github.refs.get(own)).toBe(head);
    expect(github.pulls).toHaveLength(1);
  });

  it("that takes the last picture off the pages closes it, in words", async () => {
    const { github, look } = await proposed({ "index.html": pageOf("a.jpg"), "a.jpg": jpeg });
    github.push("main", { "index.html": "<p>No pictures</p>" });
    await look();
    expect(github.pulls).toMatchObject([{ state: "closed", merged: false }]);
    expect(github.pulls[0]!.body).toMatch(/^Closed by Darkroom: the pages have changed since/);
  });
});

describe("other people", () => {
  it("who close the pull request are not asked again about the same", async () => {
    const { github, look } = await proposed();
    github.pulls[0]!.state = "closed";
    github.push("main", { "notes.txt": "other" });
    await look();
    expect(github.pulls).toHaveLength(1);
  });

  it("who commit to its branch keep what they did, and are told", async () => {
    const { github, look, ledger } = await proposed();
    const theirs = github.push(own, { "index.html": "<p>Mine</p>" });
    github.push("main", { "about/index.html": pageOf("../img/beach.jpg", "../img/hut.png") });
    await look();
    expect(github.refs.get(own)).toBe(theirs);
    expect(ledger.ticks.at(-1)!.trouble).toMatchObject({
      code: "CONFLICT",
      sentence: expect.stringContaining("somebody has committed to it. It is left as it is"),
    });
    // Nor is it closed over their heads.
    github.push("main", { "index.html": "", "about/index.html": "", "style.css": "", "README.md": "" });
    await look();
    expect(github.pulls).toMatchObject([{ state: "open" }]);
  });

  it("who made a pull request that the list does not show yet get no second one", async () => {
    const { github, look, develop } = await rig(site);
    await look();
    await develop();
    github.fault("POST pulls", { kind: "lost" });
    await look();
    expect(github.pulls).toHaveLength(1);
    github.lagging = 1;
    await look();
    expect(github.pulls).toHaveLength(1);
    expect(ahead(github, own)).toHaveLength(1);
  });
});

describe("pictures", () => {
  it("that are refused keep their references, and the pull request says why", async () => {
    const { github, look, develop } = await rig(site);
    await look();
    await develop({ moderator: moderatorSaying({ containsNudity: true, confidence: 99 }) }, "beach");
    await develop();
    await look();
    expect(github.text(own, "index.html")).toContain("<img src=\"img/beach.jpg\" width=60 alt='x'>\n<picture");
    expect(github.text(own, "about/index.html")).toBe(site["about/index.html"]);
    expect(github.pulls[0]!.body).toMatch(/Left as they are:\n\n- <code>img\/beach\.jpg<\/code>: .+ \(NUDITY\)\n/);
  });

  it("that a person has to decide about are waited for by nobody, and taken up after that", async () => {
    const { github, look, develop, world } = await rig(site);
    await look();
    await develop({ moderator: moderatorSaying({ confidence: 50 }) }, "beach");
    await develop();
    await look();
    expect(github.pulls[0]!.body).toContain("(IN_REVIEW)");
    const [picture] = [...world.catalog.records.values()].filter(({ status }) => status === "review");
    await world.catalog.move("review", {
      ...picture,
      status: "accepted",
      acceptedBy: "reviewer",
      acceptedAt: world.now().toISOString(),
    } as PictureIn<"accepted">);
    for (const step of ["resize", "compress", "publish"] as const) await chainOf(world)[step](picture!.pictureId);
    await look();
    expect(github.text(own, "index.html")!.match(/<picture/g)).toHaveLength(2);
    expect(github.pulls).toHaveLength(1);
    expect(github.pulls[0]!.body).not.toContain("IN_REVIEW");
  });

  it("wait for one another, but not for ever", async () => {
    const { github, look, develop, world } = await rig(site);
    await look();
    // One is lost on its way.
    const [lost] = [...world.incoming.objects].find(([, { metadata }]) => metadata["id"]!.includes("hut"))!;
    world.incoming.objects.delete(lost);
    await develop();
    await look();
    // Only this page shows the other alone.
    expect(github.pulls[0]!.title).toBe("Serve smaller pictures in 1 file");
    expect(github.text(own, "about/index.html")).toContain("https://pictures.example/");
    expect(github.text(own, "index.html")).toBe(site["index.html"]);
  });

  it("that are new on a page leave the others' pull request open meanwhile", async () => {
    const { github, look, develop } = await proposed({ "index.html": pageOf("a.jpg"), "a.jpg": jpeg });
    github.push("main", { "index.html": pageOf("a.jpg", "b.png"), "b.png": png });
    await look();
    await look();
    expect(github.pulls).toMatchObject([{ state: "open" }]);
    await develop();
    await look();
    expect(github.pulls).toMatchObject([{ state: "open" }]);
    expect(github.text(own, "index.html")!.match(/<picture/g)).toHaveLength(2);
  });
});
