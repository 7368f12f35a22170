import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { fakeGithub } from "../fakes/github.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, until } from "./harness.ts";
import { startSourced } from "./sourced.ts";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

const webhookSecret = "a-long-random-text";
const own = "darkroom/website";

it("a repository gets one pull request, with pictures that are there, and a push has it made anew", async () => {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  const github = await fakeGithub();
  cleanUps.push(() => github.close());
  const photo = await makePhoto({ width: 400, height: 300, seed: 11 });
  github.push("main", {
    "index.html": '<p CLASS=odd><img src="img/beach.jpg" width="400" alt="A beach">\r\n',
    "img/beach.jpg": photo,
  });
  const host = await startSourced(dir, [], { website: { token: "a-token", webhookSecret } }, (graph) => graph, {}, [
    { name: "website", repo: github.repo, endpoint: github.origin, every: "24 hours" },
  ]);
  cleanUps.push(() => host.close());

  // No look was called for but that of the start: the end of the picture's journey brings the next.
  const page = await until(async () => (github.pulls.length > 0 ? github.text(own, "index.html") : undefined));
  expect(page).toMatch(/^<p CLASS=odd><picture[^>]*>.*<img .*alt="A beach".*<\/picture>\r\n$/s);
  const addresses = [...page.matchAll(/http:\/\/[^\s",]+/g)].map(([address]) => address);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) expect((await fetch(address)).status, address).toBe(200);
  const [{ body, title }] = github.pulls as [(typeof github.pulls)[number]];
  expect(title).toBe("Serve smaller pictures in 1 file");
  expect(body).toContain(`| <code>img/beach.jpg</code> | ${Math.round(photo.length / 1000)} kB |`);
  const [before, after] = [...body.matchAll(/<img src="([^"]+)" width="120"/g)].map(([, address]) => address);
  expect(before).toBe(`${github.origin}/${github.repo}/raw/${github.refs.get("main")}/img/beach.jpg`);
  expect((await fetch(after!)).headers.get("content-type")).toMatch(/^image\//);
  expect(await allPictures(host.url)).toMatchObject([{ source: "website", name: "beach.jpg", status: "published" }]);

  // Another page, and GitHub's call: a forged one means nothing.
  github.push("main", { "about.md": "![A beach](img/beach.jpg)\n" });
  const call = (secret: string) =>
    fetch(`${host.url}/hooks/website`, {
      method: "POST",
      ...github.delivery("push", { ref: "refs/heads/main" }, secret),
    });
  expect((await call("a-guess-of-16-letters")).status).toBe(403);
  expect((await call(webhookSecret)).status).toBe(200);
  await until(async () => (github.text(own, "about.md")?.includes("http://") ? true : undefined));
  expect(github.pulls).toMatchObject([{ number: 1, state: "open" }]);
  await until(async () => (github.pulls[0]!.title === "Serve smaller pictures in 2 files" ? true : undefined));
  expect(github.mergeable(1)).toBe(true);
  expect(github.forced).toBe(0);
  expect(host.lines.filter(({ line }) => line.includes(webhookSecret) || line.includes("a-token"))).toEqual([]);
}, 300_000);
