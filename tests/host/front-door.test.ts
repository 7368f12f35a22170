import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Host, startHost } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { operatorsAt, until } from "./harness.ts";

interface Upload {
  readonly pictureId: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The host as a browser meets it: one origin for page, API, uploads, pictures and mails. */
describe("the front door on this machine", () => {
  let host: Host;
  let dir: string;
  const said: string[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "darkroom-"));
    host = await startHost({ port: 0, dir, stack: "dev", say: (text) => said.push(text), log: () => {} });
  });
  afterAll(async () => {
    await host?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(host.url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", origin: host.url, ...headers },
    });
  const codeMailedTo = (email: string) =>
    until(async () => {
      const { mails } = (await (await fetch(`${host.url}/mailbox/mails`)).json()) as {
        mails: { to: string[]; text: string }[];
      };
      return /#sign-in=(\w+)/.exec(mails.find(({ to }) => to.includes(email))?.text ?? "")?.[1];
    });
  async function signIn(email: string): Promise<string> {
    expect((await post("/api/sign-in", { email })).status).toBe(202);
    const session = await post("/api/sessions", { code: await codeMailedTo(email) });
    expect(session.status).toBe(201);
    return session.headers.getSetCookie()[0]!.split(";", 1)[0]!;
  }

  it("shows the page under the policy of the graph, with scripts and pictures of its own origin alone", async () => {
    const response = await fetch(host.url);
    const html = await response.text();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self';.*connect-src 'self'.*frame-ancestors 'none'$/,
    );
    const [, script] = /<script type="module" src="([^"]+)"/.exec(html) ?? [];
    expect((await fetch(new URL(script!, host.url))).headers.get("cache-control")).toContain("immutable");
  });

  it("lets a newcomer in by the mailbox, and takes their picture all the way", async () => {
    const cookie = await signIn("ann@example.com");
    expect(said).toContainEqual(
      expect.stringMatching(/^mail to ann@example\.com: Sign in .* \(read it at http:\/\/127\.0\.0\.1:\d+\/mailbox\)$/),
    );
    const session = await fetch(`${host.url}/api/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({ email: "ann@example.com", reviewer: false });

    const photo = await makePhoto({ width: 400, height: 300, seed: 31 });
    const file = { name: "lake.jpg", type: "image/jpeg", bytes: photo.length };
    const signed = await post("/api/uploads", { files: [file] }, { cookie });
    const { uploads } = (await signed.json()) as { uploads: Upload[] };
    const [upload] = uploads;
    // Nothing of a browser's upload leaves the page's origin.
    expect(new URL(upload!.url).origin).toBe(host.url);
    const form = new FormData();
    for (const [name, value] of Object.entries(upload!.fields)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(photo)], { type: "image/jpeg" }), "lake.jpg");
    expect((await fetch(upload!.url, { method: "POST", body: form, headers: { origin: host.url } })).ok).toBe(true);

    const picture = await until(async () => {
      const { pictures } = (await (await fetch(`${host.url}/api/pictures`, { headers: { cookie } })).json()) as {
        pictures: { status: string; uploader?: string; renditions: { url: string }[] }[];
      };
      return pictures.find(({ status }) => status === "published");
    });
    expect(picture.uploader).toBe("ann@example.com");
    const [rendition] = picture.renditions;
    expect(rendition?.url).toMatch(new RegExp(`^${host.url}/published/`));
    const image = await fetch(rendition!.url);
    expect([image.status, image.headers.get("cross-origin-resource-policy")]).toEqual([200, "cross-origin"]);
  });

  it("makes a reviewer of the one whom it names at the start", async () => {
    const reviewer = said.map((line) => /(\S+@\S+) also decides/.exec(line)?.[1]).find(Boolean);
    const cookie = await signIn(reviewer!);
    expect((await fetch(`${host.url}/api/reviews`, { headers: { cookie } })).status).toBe(200);
  });

  it("refuses what another site's page sends, and who has not signed in", async () => {
    const other = await post("/api/sign-in", { email: "ann@example.com" }, { origin: "https://evil.example" });
    expect([other.status, await other.json()]).toEqual([403, expect.objectContaining({ code: "OTHER_ORIGIN" })]);
    expect((await fetch(`${host.url}/api/pictures`)).status).toBe(401);
    expect((await fetch(`${host.url}/hooks/nobody`, { method: "POST", body: "x" })).status).toBe(404);
  });

  it("has a door for operators' programs that no page in a browser can use", async () => {
    expect((await fetch(`${operatorsAt(host.url)}/api/status`)).status).toBe(200);
    for (const [name, value] of [
      ["origin", "https://evil.example"],
      ["origin", host.url],
      ["sec-fetch-site", "cross-site"],
    ] as const)
      expect((await fetch(`${operatorsAt(host.url)}/api/status`, { headers: { [name]: value } })).status).toBe(403);
  });

  it("sends a browser that came by localhost to the one address that the page's cookies are for", async () => {
    const { port } = new URL(host.url);
    const response = await fetch(`http://localhost:${port}/review.html?a=1`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([307, `${host.url}/review.html?a=1`]);
  });
});
