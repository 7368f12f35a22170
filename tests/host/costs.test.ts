import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { captureApart } from "../../local/capture.ts";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import type { Mail } from "../../local/mailbox/mailbox.ts";
import { laptopConfig } from "../../local/wiring/laptop-config.ts";
import { type Fake, fakeServer, json } from "../contract/moderator-fakes.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

const photos = 6;
const moderations = 4;
const compressions = 7;

/** Both services that are paid are servers of this test, and both budgets end in the middle. */
describe("budgets that end before the pictures do", () => {
  let host: Host;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let moderator: Fake;
  let tinify: Awaited<ReturnType<typeof fakeTinify>>;
  let pictures: readonly Picture[];
  const lines: { readonly name: string; readonly line: string }[] = [];

  beforeAll(async () => {
    scratch = await scratchDir();
    moderator = await fakeServer((_, response) => json(response, 200, { containsNudity: false, confidence: 1 }));
    tinify = await fakeTinify();
    const dir = join(scratch.dir, "data");
    host = await startHost({
      port: 0,
      dir,
      stack: "dev",
      say: () => {},
      log: ({ name, line }) => lines.push({ name, line }),
      alter: await graphOf(dir, tinify.url, {
        "darkroom:moderation": { screen: "http", url: moderator.url },
        "darkroom:compression": { kind: "tinify" },
        "darkroom:tinifyKey": "key",
        "darkroom:renditions": { widths: [200], formats: ["jpeg", "webp"] },
        "darkroom:prices": { http: 0.0025, tinify: 0.009 },
        "darkroom:digest": { to: ["ops@example.com"], at: `07:00 ${noonZone()}` },
        // Beside whole calls something is left over that pays for none.
        "darkroom:budgets": { http: moderations * 0.0025 + 0.002, tinify: compressions * 0.009 + 0.008 },
      }),
    });
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    for (let seed = 0; seed < photos; seed++)
      await writeFile(join(folder, `${seed}.jpg`), await makePhoto({ width: 300, height: 200, seed: 80 + seed }));
    await darkroom("import", folder, "--to", operatorsAt(host.url));
    pictures = await until(async () => {
      const all = await allPictures(host.url);
      const ended = all.filter(({ status }) => ["published", "review"].includes(status));
      return ended.length === photos ? ended : undefined;
    });
  }, 300_000);
  afterAll(async () => {
    await host?.close();
    await Promise.all([moderator, tinify].map((fake) => fake?.close()));
    await scratch?.remove();
  });

  const endedAs = <S extends Picture["status"]>(status: S) =>
    pictures.filter((picture) => picture.status === status) as PictureIn<S>[];

  it("every picture ends: moderated as far as the budget goes, and the others before a person", () => {
    expect(endedAs("published")).toHaveLength(moderations);
    const waiting = endedAs("review");
    expect(waiting.map(({ reason }) => reason.code)).toEqual(Array(photos - moderations).fill("BUDGET_SPENT"));
    for (const picture of waiting) expect(picture).not.toHaveProperty("containsNudity");
    expect(moderator.posted).toHaveLength(moderations);
  });

  it("every rendition is published: tinify's as far as the budget goes, and the others by sharp, which says why", () => {
    const methods = endedAs("published").flatMap(({ renditions }) => renditions.map(({ method }) => method));
    expect(methods.filter((method) => method === "tinify")).toHaveLength(compressions);
    const others = methods.filter((method) => method !== "tinify");
    expect(others.length).toBeGreaterThan(compressions);
    for (const method of others) expect(method).toMatch(/^sharp .+ \(tinify: budget spent\)$/);
    expect(tinify.shrunk()).toBe(compressions);
  });

  it("tells what was spent, to the call, and that it is stopped", async () => {
    const { stdout } = await darkroom("status", "--at", operatorsAt(host.url), "--json");
    expect(JSON.parse(stdout).costs).toMatchObject([
      { provider: "tinify", calls: compressions, dollars: 0.063, budget: 0.071, stopped: true },
      { provider: "http", calls: moderations, dollars: 0.01, budget: 0.012, stopped: true },
    ]);
    const outcomes = lines.flatMap(({ line }) => (line.startsWith("{") ? [JSON.parse(line)] : []));
    const sum = (name: string, provider: string) =>
      outcomes.reduce((total, said) => total + (said.Provider === provider ? (said[name] ?? 0) : 0), 0);
    expect(sum("Spent", "tinify")).toBeCloseTo(0.063);
    expect(sum("Spent", "http")).toBeCloseTo(0.01);
    expect(sum("PaidCallsStopped", "http")).toBe(photos - moderations);
    expect(outcomes.map(({ message }) => message)).toContain("budget spent");
  });

  it("mails it with the figures of the day", async () => {
    await darkroom("digest", "--now", "--at", operatorsAt(host.url));
    const mail = await until(async () => {
      const answer = await fetch(`${host.url}/mailbox/mails`);
      return ((await answer.json()) as { mails: Mail[] }).mails[0];
    });
    expect(mail.text).toMatch(/tinify +7 +\$0\.06 +\w+: \$0\.06 of \$0\.07\n/);
    expect(mail.text).toContain("The budget of $0.07 for tinify in ");
  });
});

/** The graph of the stack `dev` as if its file said this, with tinify's host replaced by the fake. */
async function graphOf(
  dir: string,
  tinifyUrl: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<(graph: Graph) => Graph> {
  // The host's address is known only once it is up; its own graph tells it.
  const later = "http://127.0.0.1:1";
  const addresses = { site: later, published: `${later}/published`, mailbox: `${later}/mailbox` };
  await mkdir(dir, { recursive: true });
  const { config, secrets } = await laptopConfig("dev", dir, addresses);
  const texts = Object.entries(changes).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const changed = { ...config, ...Object.fromEntries(texts) };
  const text = JSON.stringify(
    await captureApart({ stack: "dev", config: changed, secrets: [...secrets, "darkroom:tinifyKey"] }),
  );
  return ({ outputs }) => {
    const graph = JSON.parse(text.replaceAll(later, String(outputs["siteUrl"]))) as Graph;
    const compress = graph.resources.find(({ name }) => name === "compress-fn")!;
    const { variables } = compress.inputs["environment"] as { variables: Record<string, string> };
    variables["NODE_OPTIONS"] = `--import=data:text/javascript,${encodeURIComponent(detour)}`;
    variables["TINIFY_FAKE"] = tinifyUrl;
    return graph;
  };
}

/** Midnight must not come between the calls and their figures. */
function noonZone(): string {
  // The sign of these zones' names is the other way round.
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? `-${ahead}` : `+${-ahead}`}`;
}

/** Runs before the function's own bundle, whose code knows one address of tinify alone. */
const detour = `const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  const { pathname, host } = new URL(url);
  return fetch(host === "api.tinify.com" ? new URL(pathname, process.env.TINIFY_FAKE) : url, init);
};`;

/** Gives back less of what came, at an address of its own. */
async function fakeTinify() {
  const results: Buffer[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return response.end(results[Number(request.url?.split("/").at(-1))]);
    const sent = await buffer(request);
    const { format } = await sharp(sent).metadata();
    results.push(
      await sharp(sent)
        .toFormat(format as "jpeg" | "webp", { quality: 10 })
        .toBuffer(),
    );
    response.writeHead(201, { location: `https://api.tinify.com/output/${results.length - 1}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Of the calls that are paid for. */
    shrunk: () => results.length,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
