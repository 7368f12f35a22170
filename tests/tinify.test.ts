import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import { type TinifyDeps, tinifyCompressor } from "../providers/compressors/tinify.ts";
import { compressorContract, drawn } from "./contract/compressor.ts";
import { purseOf } from "./fixtures/memory-costs.ts";

/** A tinify of our own, as its API reference describes it: POST /shrink, then the result's address. */
interface Fake {
  readonly endpoint: string;
  /** Bodies of the paid calls. */
  readonly calls: { readonly body: Buffer; readonly headers: IncomingMessage["headers"] }[];
  shrink: (response: ServerResponse) => void;
  download: (response: ServerResponse, sent: Buffer) => void | Promise<void>;
  close(): Promise<void>;
}

async function fakeTinify(): Promise<Fake> {
  const server = createServer(async (request, response) => {
    if (request.method === "POST" && request.url === "/shrink") {
      fake.calls.push({ body: await buffer(request), headers: request.headers });
      fake.shrink(response);
    } else if (request.url === "/output/1" && request.headers.authorization)
      await fake.download(response, fake.calls.at(-1)?.body ?? Buffer.alloc(0));
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: Fake = {
    endpoint,
    calls: [],
    shrink: (response) =>
      response.writeHead(201, { location: `${endpoint}/output/1`, "compression-count": "1" }).end("{}"),
    download: async (response, sent) => void response.end(await shrunk(sent)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return fake;
}

/** What tinify would make of it: the same picture, smaller. */
async function shrunk(sent: Buffer, { quality = 60 } = {}): Promise<Buffer> {
  const { format, compression } = await sharp(sent).metadata();
  if (compression === "av1") return sharp(sent).avif({ quality: 40, effort: 0 }).toBuffer();
  if (format === "png") return sharp(sent).png({ compressionLevel: 9 }).toBuffer();
  return format === "webp" ? sharp(sent).webp({ quality }).toBuffer() : sharp(sent).jpeg({ quality }).toBuffer();
}
const refuse = (status: number, error: string, message: string) => (response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error, message }));

let fake: Fake;
beforeEach(async () => {
  fake = await fakeTinify();
});
afterEach(() => fake.close());

const fallback = sharpCompressor({ preset: "balanced" });
const pixels = drawn(320, 200);

/** A key of its own for each, because what is known of a key outlives the compressor. */
function tinify(more: Partial<TinifyDeps> = {}) {
  const effects = new Set<string>();
  const mayCall = async (effect: string) => !effects.has(effect) && effects.add(effect) !== undefined;
  return tinifyCompressor({
    key: randomUUID(),
    fallback,
    mayCall,
    purse: purseOf(Number.POSITIVE_INFINITY),
    endpoint: more.endpoint ?? fake.endpoint,
    timeout: 5000,
    ...more,
  });
}

let contracts: Fake;
beforeAll(async () => {
  contracts = await fakeTinify();
});
afterAll(() => contracts.close());
compressorContract("tinify", async () => tinify({ endpoint: contracts.endpoint }));

describe("tinify", () => {
  it("is given a good encode with its key, and its smaller answer is taken as it is", async () => {
    const { bytes, method } = await tinify({ key: "secret" }).compress(pixels, "jpeg");
    expect(method).toBe("tinify");
    const [call] = fake.calls;
    expect(call?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("api:secret").toString("base64")}`,
      "content-type": "image/jpeg",
    });
    expect(bytes.equals(await shrunk(call?.body ?? Buffer.alloc(0)))).toBe(true);
    expect(bytes.length).toBeLessThan((await fallback.compress(pixels, "jpeg")).bytes.length);
  });

  it("is not asked for GIF nor for what moves", async () => {
    const compressor = tinify();
    expect((await compressor.compress(pixels, "gif")).method).toBe("sharp gif balanced");
    expect((await compressor.compress(drawn(40, 30, { frames: 2, delay: [50, 50] }), "webp")).method).toBe(
      "sharp webp q78 balanced",
    );
    expect(fake.calls).toHaveLength(0);
  });

  it("is called once for a rendition, whatever is retried", async () => {
    const compressor = tinify();
    await compressor.compress(pixels, "jpeg");
    expect((await compressor.compress(pixels, "jpeg")).method).toBe("sharp jpeg q78 balanced (tinify: asked before)");
    expect(fake.calls).toHaveLength(1);
  });

  it("is paid for once a call, and not called when the purse is empty, which the method says", async () => {
    const purse = purseOf(2);
    const compressor = tinify({ purse });
    await compressor.compress(pixels, "jpeg");
    // Asked before: nothing is called, and nothing is paid.
    await compressor.compress(pixels, "jpeg");
    await compressor.compress(pixels, "webp");
    expect([purse.paid(), fake.calls.length]).toEqual([2, 2]);
    const { bytes, method } = await compressor.compress(pixels, "png");
    expect(method).toBe("sharp png balanced (tinify: budget spent)");
    expect(bytes.equals((await fallback.compress(pixels, "png")).bytes)).toBe(true);
    expect([purse.paid(), fake.calls.length]).toEqual([2, 2]);
  });

  it("is spared all preparation once the purse is known to be empty", async () => {
    const purse = { refuses: () => true, pay: () => expect.fail("expected not to be asked") };
    const mayCall = () => expect.fail("expected not to be asked");
    expect((await tinify({ purse, mayCall }).compress(pixels, "jpeg")).method).toBe(
      "sharp jpeg q78 balanced (tinify: budget spent)",
    );
  });

  it("is not called where the call could not be counted, and says what was the matter", async () => {
    const failure = new Error("ledger out of reach");
    const purse = { refuses: () => false, pay: () => Promise.reject(failure) };
    await expect(tinify({ purse }).compress(pixels, "jpeg")).rejects.toBe(failure);
    expect(fake.calls).toHaveLength(0);
  });

  it("passes on that the catalog could not say whether it may be called", async () => {
    const failure = new Error("catalog out of reach");
    await expect(tinify({ mayCall: () => Promise.reject(failure) }).compress(pixels, "jpeg")).rejects.toBe(failure);
    expect(fake.calls).toHaveLength(0);
  });

  const cut = (response: ServerResponse) => {
    response.writeHead(200, { "content-length": 5000 });
    response.write(Buffer.alloc(100), () => response.destroy());
  };
  const other = drawn(64, 64);
  it.each<[string, Partial<Pick<Fake, "shrink" | "download">>, string]>([
    [
      "a larger file",
      { download: async (response, sent) => void response.end(await shrunk(sent, { quality: 93 })) },
      "not smaller",
    ],
    ["a refused key", { shrink: refuse(401, "Unauthorized", "Credentials are invalid.") }, "credentials refused"],
    [
      "the monthly limit",
      { shrink: refuse(429, "TooManyRequests", "Your monthly limit has been exceeded.") },
      "monthly limit reached",
    ],
    [
      "a refused picture",
      { shrink: refuse(415, "UnsupportedMediaType", "File type is not supported.") },
      "picture refused",
    ],
    ["a server error", { shrink: refuse(503, "InternalServerError", "Try again later.") }, "service unavailable"],
    ["an error on download", { download: refuse(500, "InternalServerError", "Oops.") }, "service unavailable"],
    ["silence", { shrink: () => {} }, "service unavailable"],
    [
      "silence on download",
      { download: (response) => void response.writeHead(200).flushHeaders() },
      "service unavailable",
    ],
    ["a connection cut at once", { shrink: (response) => void response.destroy() }, "service unavailable"],
    ["a download cut short", { download: cut }, "service unavailable"],
    ["no address of the result", { shrink: (response) => void response.writeHead(201).end() }, "answer unusable"],
    [
      "an address elsewhere",
      { shrink: (response) => void response.writeHead(201, { location: "https://elsewhere.example.com/1" }).end() },
      "answer unusable",
    ],
    [
      "a redirect",
      { shrink: (response) => void response.writeHead(307, { location: "/elsewhere" }).end() },
      "service unavailable",
    ],
    [
      "more than was sent",
      { download: (response, sent) => void response.end(Buffer.concat([sent, Buffer.alloc(1)])) },
      "answer unusable",
    ],
    ["something else than a picture", { download: (response) => void response.end("<html>") }, "answer unusable"],
    [
      "a picture in another format",
      { download: async (response, sent) => void response.end(await sharp(sent).webp().toBuffer()) },
      "answer unusable",
    ],
    [
      "another picture",
      { download: async (response) => void response.end((await fallback.compress(other, "jpeg")).bytes) },
      "answer unusable",
    ],
    [
      "a picture with metadata",
      {
        download: async (response, sent) =>
          void response.end(
            await sharp(sent)
              .jpeg({ quality: 40 })
              .withExif({ IFD0: { Artist: "somebody" } })
              .toBuffer(),
          ),
      },
      "answer unusable",
    ],
  ])("answering with %s leaves the fallback's file, and says so", async (_, answer, problem) => {
    Object.assign(fake, answer);
    const { bytes, method } = await tinify({ timeout: 300 }).compress(pixels, "jpeg");
    expect(method).toBe(`sharp jpeg q78 balanced (tinify: ${problem})`);
    expect(bytes.equals((await fallback.compress(pixels, "jpeg")).bytes)).toBe(true);
    expect(fake.calls).toHaveLength(1);
  });

  it.each([
    ["the monthly limit", 429, "2030-01-31T23:59:59Z", "2030-02-01T00:00:00Z"],
    ["the limit in December", 429, "2030-12-31T23:59:59Z", "2031-01-01T00:00:00Z"],
    ["a service in trouble", 503, "2030-01-01T00:00:59Z", "2030-01-01T00:01:00Z"],
  ])(
    "is left alone after %s until that has passed, by every compressor with this key",
    async (_, status, still, over) => {
      const key = randomUUID();
      let time = "2030-01-01T00:00:00Z";
      if (status === 429) time = `${still.slice(0, 7)}-01T00:00:00Z`;
      const now = () => new Date(time);
      fake.shrink = refuse(status, "Error", "No.");
      await tinify({ key, now }).compress(pixels, "jpeg");
      time = still;
      expect((await tinify({ key, now }).compress(pixels, "webp")).method).toMatch(
        /\(tinify: (monthly limit reached|service unavailable)\)$/,
      );
      expect(fake.calls).toHaveLength(1);
      time = over;
      await tinify({ key, now }).compress(pixels, "webp");
      expect(fake.calls).toHaveLength(2);
    },
  );

  it("is not asked again with a refused key, and a paused call is not spent", async () => {
    const key = randomUUID();
    fake.shrink = refuse(401, "Unauthorized", "Credentials are invalid.");
    await tinify({ key }).compress(pixels, "jpeg");
    const mayCall = () => Promise.reject(new Error("expected nobody to ask"));
    expect((await tinify({ key, mayCall }).compress(pixels, "webp")).method).toBe(
      "sharp webp q78 balanced (tinify: credentials refused)",
    );
    expect(fake.calls).toHaveLength(1);
  });
});
