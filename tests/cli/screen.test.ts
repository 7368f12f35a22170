import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { limitOptions } from "../../options.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { darkroom, scratch } from "./command.ts";

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Answers = {
  file: string;
  status: string;
  containsNudity?: boolean;
  confidence?: number;
  reason?: { code: string };
}[];

it("answers with the embedded classifier, offline, and refuses what is no picture", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "photo.jpg"), await makePhoto({ width: 500, height: 400, seed: 21 }));
  await writeFile(join(dir, "text.jpg"), "hello");
  const ran = await darkroom(["screen", "photo.jpg", "text.jpg", "--stack", "dev", "--json"], { cwd: dir });
  expect(ran.json()).toEqual([
    {
      file: "photo.jpg",
      status: "answered",
      containsNudity: false,
      confidence: expect.any(Number),
      moderator: "nsfwjs",
      labels: expect.arrayContaining([{ name: "Neutral", confidence: expect.any(Number) }]),
    },
    { file: "text.jpg", status: "refused", reason: { code: "NOT_AN_IMAGE", sentence: expect.any(String) } },
  ]);
  expect(ran.code).toBe(1);

  const text = await darkroom(["screen", "photo.jpg"], { cwd: dir });
  expect(text).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^no nudity +\d+\.\d % {2}photo.jpg {2}nsfwjs \(/),
  });
});

describe("the http moderator", () => {
  it("is asked at --url with the token of the environment, and its word is given", async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve(async (request, response) => {
      seen.push(request.headers.authorization, (await buffer(request)).toString("hex", 0, 3));
      response.end(
        JSON.stringify({
          containsNudity: true,
          confidence: 97.25,
          labels: [{ name: "Nude\u001b[2J", confidence: 97.25 }],
        }),
      );
    });
    const dir = await scratch();
    await writeFile(join(dir, "a.png"), await quadrants(80, 60).png().toBuffer());
    const ran = await darkroom(["screen", "a.png", "--screen", "http", "--url", url], {
      cwd: dir,
      env: { DARKROOM_MODERATOR_TOKEN: "s3cret" },
    });
    expect(ran).toMatchObject({ code: 0, stdout: "nudity       97.3 %  a.png  http (Nude�[2J 97 %)\n" });
    expect(seen).toEqual(["Bearer s3cret", "ffd8ff"]);
  });

  it("that gives no answer leaves the picture unanswered", async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    const dir = await scratch();
    await writeFile(join(dir, "a.png"), await quadrants(80, 60).png().toBuffer());
    const ran = await darkroom(["screen", "a.png", "--screen", "http", "--url", url, "--json"], { cwd: dir });
    expect(ran.json()).toMatchObject([{ status: "unanswered", reason: { code: "UNAVAILABLE" } }]);
    expect(ran.code).toBe(1);
  });
});

describe("a picture at an address", () => {
  it("is fetched, by way of redirects, and bounded: said or unsaid size, errors and strange addresses are each told", async () => {
    const { maxBytes } = limitOptions.parse(undefined);
    const picture = await quadrants(80, 60).png().toBuffer();
    let sent = 0;
    const moderator = await serve((_, response) =>
      response.end(JSON.stringify({ containsNudity: false, confidence: 3 })),
    );
    const site = await serve((request, response) => {
      const path = request.url;
      if (path === "/picture") return response.end(picture);
      if (path === "/moved") return response.writeHead(302, { location: "/picture" }).end();
      if (path === "/away") return response.writeHead(302, { location: "file:///etc/passwd" }).end();
      if (path === "/announced") return response.writeHead(200, { "content-length": maxBytes + 1 }).write("x");
      if (path === "/endless") {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 20))) sent += 1 << 20;
        };
        response.on("drain", more);
        return more();
      }
      if (path === "/cut")
        return response.writeHead(200, { "content-length": 1000 }).write("x", () => request.socket.destroy());
      response.writeHead(404).end();
    });
    const addresses = [
      `${site}/picture`,
      `${site.replace("http", "HTTP")}/moved`,
      `${site}/announced`,
      `${site}/endless`,
      `${site}/missing`,
      `${site}/away`,
      `${site}/cut`,
      "http://127.0.0.1:1/",
      "http://[",
      "ftp://127.0.0.1/picture.jpg",
    ];
    const ran = await darkroom(["screen", ...addresses, "--screen", "http", "--url", moderator, "--json"]);
    const answers = ran.json<Answers>();
    expect(answers.map(({ file }) => file)).toEqual(addresses);
    expect(answers.map(({ status, confidence, reason }) => reason?.code ?? [status, confidence])).toEqual([
      ["answered", 3],
      ["answered", 3],
      "TOO_LARGE",
      "TOO_LARGE",
      "UNREACHABLE",
      "UNREACHABLE",
      "UNREACHABLE",
      "UNREACHABLE",
      "UNREACHABLE",
      "UNREADABLE",
    ]);
    expect(sent).toBeLessThan(2 * maxBytes);
    expect(ran.code).toBe(1);
  });
});
