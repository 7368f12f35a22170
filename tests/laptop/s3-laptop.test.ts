import { readdir, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createS3 } from "../../local/aws/s3/s3.ts";
import { clientOf, presign, refusal, send } from "../contract/s3/rig.ts";
import { cors, type Laptop, laptop } from "../s3-rig.ts";

describe("the laptop's S3", () => {
  const put = (host: Laptop, Key: string, Body: string | Readable = "bytes", more = {}) =>
    clientOf(host).send(new PutObjectCommand({ Bucket: "incoming", Key, Body, ...more }));
  const get = (host: Laptop, Key: string, more = {}) =>
    clientOf(host).send(new GetObjectCommand({ Bucket: "incoming", Key, ...more }));
  const dataFiles = (host: Laptop) => readdir(join(host.dir, "incoming", "data"));

  it("finds objects and unfinished uploads again after a restart, and drops what belongs to neither", async () => {
    const host = await laptop();
    await put(host, "a", "bytes", {
      ContentType: "image/jpeg",
      Metadata: { by: "ann" },
      Tagging: "k=v",
      StorageClass: "GLACIER_IR",
    });
    const { UploadId } = await clientOf(host).send(
      new CreateMultipartUploadCommand({ Bucket: "incoming", Key: "parts" }),
    );
    const upload = { Bucket: "incoming", Key: "parts", UploadId };
    const { ETag } = await clientOf(host).send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "part" }));
    await writeFile(join(host.dir, "incoming", "data", "half-written"), "x");

    const again = await laptop({ dir: host.dir });
    expect(await dataFiles(again)).toHaveLength(2);
    expect(await clientOf(again).send(new HeadObjectCommand({ Bucket: "incoming", Key: "a" }))).toMatchObject({
      ContentType: "image/jpeg",
      Metadata: { by: "ann" },
      TagCount: 1,
      StorageClass: "GLACIER_IR",
    });
    await clientOf(again).send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }),
    );
    expect(await (await get(again, "parts")).Body?.transformToString()).toBe("part");
    expect(await dataFiles(again)).toHaveLength(2);
  });

  it("reads an object to its end although it is replaced meanwhile, and keeps one file", async () => {
    const host = await laptop();
    const first = "1".repeat(4_000_000);
    await put(host, "a", first);
    const { Body } = await get(host, "a");
    await put(host, "a", "second");
    expect(await Body!.transformToString()).toBe(first);
    expect(await (await get(host, "a")).Body?.transformToString()).toBe("second");
    expect(await dataFiles(host)).toHaveLength(1);
  });

  it("makes no file of a name that a caller chose", async () => {
    const host = await laptop();
    for (const key of ["../../../climb.jpg", "..\\climb.jpg", "/etc/passwd", "a\0b", ".", ".."]) {
      await put(host, key, key);
      expect(await (await get(host, key)).Body?.transformToString()).toBe(key);
    }
    const names = (await readdir(host.dir, { recursive: true })).filter(
      (name) =>
        !/^(incoming|working|kept)([\\/](data|objects|departures|pending|temporary|uploads)([\\/][0-9a-f-]{36}|[\\/][0-9a-f]{64}\.json)?)?$/.test(
          name,
        ),
    );
    expect(names).toEqual([]);
  });

  it("keeps nothing of an upload whose sender goes away, and serves on", async () => {
    const host = await laptop();
    const url = new URL(await presign(host, { key: "half", method: "PUT" }));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 1000000\r\n\r\n${"x".repeat(300_000)}`,
    );
    await vi.waitFor(async () => expect(await dataFiles(host)).toHaveLength(1));
    socket.destroy();
    await vi.waitFor(async () => expect(await dataFiles(host)).toHaveLength(0));
    await expect(get(host, "half")).rejects.toMatchObject(refusal("NoSuchKey", 404));
    await put(host, "whole");
  });

  it("answers a sender it refuses in the middle of an upload, and keeps the connection", async () => {
    const host = await laptop();
    const url = `${host.endpoint}/incoming`;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ask = (method: string, path: string, headers: Record<string, string>, body: string) =>
      new Promise<{ status: number | undefined; connection: number | undefined }>((resolve, reject) => {
        const asked = request(url, { method, path, headers, agent }, (response) => {
          const connection = asked.socket?.localPort;
          response.resume().on("end", () => resolve({ status: response.statusCode, connection }));
        });
        asked.on("error", reject).end(body);
      });
    const form = `--edge\r\nContent-Disposition: form-data; name="key"\r\n\r\n${"x".repeat(8_000_000)}`;
    const headers = { "content-type": "multipart/form-data; boundary=edge", "content-length": String(form.length) };
    const refused = await ask("POST", new URL(url).pathname, headers, form);
    const get = new URL(await presign(host, { key: "none" }));
    const after = await ask("GET", get.pathname + get.search, {}, "");
    expect([refused.status, after.status]).toEqual([400, 404]);
    expect(after.connection).toBe(refused.connection);
  });

  it("answers a sender of too much XML", async () => {
    const host = await laptop();
    const url = await presign(host, { method: "POST", key: "", query: { delete: "" } });
    const answer = await send(url, { method: "POST", body: "x".repeat(8_000_000) });
    expect(answer).toMatchObject({ status: 400, code: "MaxMessageLengthExceeded" });
  });

  it("lets every origin of a pattern with a star in, and no other", async () => {
    const allowedOrigins = ["http://localhost:*", "https://*.example"];
    const host = await laptop({
      buckets: [{ name: "incoming", arn: "arn:aws:s3:::incoming", cors: [{ ...cors, allowedOrigins }] }],
    });
    const preflight = async (origin: string) =>
      (
        await send(`${host.endpoint}/incoming/`, {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "POST" },
        })
      ).status;
    expect(await Promise.all(["http://localhost:8080", "https://a.example"].map(preflight))).toEqual([200, 200]);
    expect(
      await Promise.all(["http://localhost.evil:1", "https://a.example.evil", "https://.exampl"].map(preflight)),
    ).toEqual([403, 403, 403]);
  });

  it("takes and gives 64 MB without holding them", async () => {
    const host = await laptop();
    const size = 64 * 1024 * 1024;
    const meter = memoryMeter();
    const chunk = Buffer.alloc(64 * 1024, "p");
    async function* picture() {
      for (let sent = 0; sent < size; sent += chunk.length) {
        if (sent % (8 * 1024 * 1024) === 0) meter.look();
        yield chunk;
      }
    }
    await put(host, "large", Readable.from(picture()), { ContentLength: size });
    const { Body } = await get(host, "large");
    let received = 0;
    for await (const piece of Body as Readable) {
      if (Math.floor(received / 8_000_000) < Math.floor((received + piece.length) / 8_000_000)) meter.look();
      received += piece.length;
    }
    expect(received).toBe(size);
    expect(meter.growth()).toBeLessThan(size / 2);
  });

  it("gives each object of a versioned bucket a version, and keeps the newest", async () => {
    const host = await laptop();
    const kept = { Bucket: "kept", Key: "a" };
    const first = await clientOf(host).send(new PutObjectCommand({ ...kept, Body: "1" }));
    const second = await clientOf(host).send(new PutObjectCommand({ ...kept, Body: "2" }));
    expect(first.VersionId).toMatch(/^\S{32}$/);
    expect(second.VersionId).not.toBe(first.VersionId);
    const read = (VersionId?: string) => clientOf(host).send(new GetObjectCommand({ ...kept, VersionId }));
    expect(await (await read(second.VersionId)).Body?.transformToString()).toBe("2");
    await expect(read(first.VersionId)).rejects.toMatchObject(refusal("NoSuchVersion", 404));
    await clientOf(host).send(new DeleteObjectCommand({ ...kept, VersionId: first.VersionId }));
    expect((await read()).VersionId).toBe(second.VersionId);
    expect(await clientOf(host).send(new DeleteObjectCommand(kept))).toMatchObject({
      DeleteMarker: true,
      VersionId: expect.any(String),
    });
    await expect(read()).rejects.toMatchObject(refusal("NoSuchKey", 404));
  });

  it("refuses operations it has not, rather than do something else", async () => {
    const host = await laptop();
    await put(host, "a");
    await expect(clientOf(host).send(new GetObjectAclCommand({ Bucket: "incoming", Key: "a" }))).rejects.toMatchObject(
      refusal("NotImplemented", 501),
    );
    await expect(clientOf(host).send(new GetBucketAclCommand({ Bucket: "incoming" }))).rejects.toMatchObject(
      refusal("NotImplemented", 501),
    );
    await expect(
      clientOf(host).send(new PutObjectCommand({ Bucket: "incoming", Key: "b", Body: "x", IfNoneMatch: '"etag"' })),
    ).rejects.toMatchObject(refusal("NotImplemented", 501));
  });

  it("opens no bucket whose name could be a path", () => {
    const deps = { identityOf: () => undefined, authorize: () => ({ allowed: true }) as const };
    const open = (name: string) =>
      createS3({ dir: "never-made", buckets: [{ name, arn: "arn:aws:s3:::up" }], onCreated: async () => {}, deps });
    for (const name of ["../up", "up/down", "..", "Up"]) expect(() => open(name)).toThrow(/bucket name/);
  });

  it("hands the host what is in a bucket", async () => {
    const host = await laptop();
    await put(host, "b", "two", { ContentType: "image/png" });
    await put(host, "a", "one");
    const store = host.s3.store("incoming")!;
    expect(store.keys()).toEqual(["a", "b"]);
    const meta = store.get("b")!;
    expect([meta.size, meta.headers["content-type"], await text(store.open(meta))]).toEqual([3, "image/png", "two"]);
    expect(host.s3.store("nobody")).toBeUndefined();
  });
});

/** How much more memory is held at any look than at the first, garbage aside. */
function memoryMeter() {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const first = held();
  let most = first;
  return {
    look() {
      most = Math.max(most, held());
    },
    growth: () => most - first,
  };
}
