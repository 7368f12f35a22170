import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ObjectCreated } from "../../local/aws/s3/types.ts";
import { clientOf } from "../contract/s3/rig.ts";
import { credentials, type Laptop, laptop } from "../s3-rig.ts";

describe("announcements of the laptop's S3", () => {
  const put = (host: Laptop, Key: string, Body = "bytes", Bucket = "incoming") =>
    clientOf(host).send(new PutObjectCommand({ Bucket, Key, Body }));

  it("tell of every way an object comes to be, in a bucket that notifies", async () => {
    const host = await laptop();
    await put(host, "a b+é.jpg");
    await clientOf(host).send(
      new CopyObjectCommand({ Bucket: "incoming", Key: "copy.jpg", CopySource: "incoming/a%20b%2B%C3%A9.jpg" }),
    );
    const upload = {
      Bucket: "incoming",
      Key: "parts.jpg",
      UploadId: (await clientOf(host).send(new CreateMultipartUploadCommand({ Bucket: "incoming", Key: "parts.jpg" })))
        .UploadId,
    };
    const { ETag } = await clientOf(host).send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "part" }));
    await clientOf(host).send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }),
    );
    const { url, fields } = await createPresignedPost(clientOf(host), { Bucket: "incoming", Key: "form.jpg" });
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob(["picture"]));
    await fetch(url, { method: "POST", body: form });
    await put(host, "silent.jpg", "bytes", "working");

    const etag = createHash("md5").update("bytes").digest("hex");
    expect(host.events).toMatchObject([
      {
        bucket: "incoming",
        key: "a b+é.jpg",
        size: 5,
        etag,
        reason: "PutObject",
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        time: expect.stringMatching(/^20.*Z$/),
      },
      { bucket: "incoming", key: "copy.jpg", size: 5, etag, reason: "CopyObject" },
      {
        bucket: "incoming",
        key: "parts.jpg",
        size: 4,
        etag: expect.stringMatching(/-1$/),
        reason: "CompleteMultipartUpload",
      },
      { bucket: "incoming", key: "form.jpg", size: 7, reason: "POST Object" },
    ]);
    expect(host.events).toHaveLength(4);
  });

  it("carry sequencers that rise, though the clock stands still, and across a restart", async () => {
    const now = () => new Date("2026-11-01T12:00:00Z");
    const credentialsAt = { systemClockOffset: now().getTime() - Date.now() };
    const host = await laptop({ now });
    const write = (to: Laptop) =>
      clientOf(to, credentialsAt).send(new PutObjectCommand({ Bucket: "incoming", Key: "a", Body: "x" }));
    for (let times = 0; times < 5; times++) await write(host);
    const again = await laptop({ now, dir: host.dir });
    await write(again);
    const sequencers = [...host.events, ...again.events].map(({ sequencer }) => sequencer);
    expect(sequencers).toHaveLength(6);
    expect([...new Set(sequencers)].sort()).toEqual(sequencers);
  });

  it("are repeated until they are heard, and then no more", async () => {
    const heard = vi
      .fn<(event: ObjectCreated) => Promise<void>>()
      .mockRejectedValueOnce(new Error("no"))
      .mockRejectedValueOnce(new Error("no"))
      .mockResolvedValue();
    const host = await laptop({ onCreated: heard });
    await put(host, "a");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(3), 5000);
    await vi.waitFor(async () => expect(await pending(host.dir)).toEqual([]));
    const again = await laptop({ dir: host.dir });
    again.s3.start();
    await again.s3.close();
    expect(again.events).toEqual([]);
  });

  it("are made by the next process when this one ends before it is heard", async () => {
    const never = Promise.withResolvers<void>();
    const host = await laptop({ onCreated: () => never.promise });
    onTestFinished(() => never.resolve());
    await put(host, "replaced", "first");
    await put(host, "replaced", "second");
    await put(host, "a");
    expect(await pending(host.dir)).toHaveLength(3);
    const again = await laptop({ dir: host.dir });
    expect(again.events).toEqual([]);
    again.s3.start();
    await vi.waitFor(async () => expect(await pending(host.dir)).toEqual([]));
    expect(again.events.map(({ key }) => key).sort()).toEqual(["a", "replaced"]);
    expect(again.events.find(({ key }) => key === "replaced")?.etag).toBe(
      createHash("md5").update("second").digest("hex"),
    );
  });

  it("do not tell of an object that never came to be seen", async () => {
    const host = await laptop();
    await put(host, "other");
    const ghost = { id: "none", event: { ...host.events[0], key: "ghost" } };
    await writeFile(join(host.dir, "incoming", "pending", `${"0".repeat(64)}.json`), JSON.stringify(ghost));
    const again = await laptop({ dir: host.dir });
    again.s3.start();
    await again.s3.close();
    expect(again.events).toEqual([]);
  });

  it.each([1, 2, 3])("and objects survive being killed in the middle of many uploads (round %i)", async (round) => {
    const dir = await mkdtemp(join(tmpdir(), "darkroom-s3-"));
    const child = spawn(process.execPath, [join(import.meta.dirname, "s3-child.ts"), dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout });
    const [port] = (await once(lines, "line")) as [string];
    const announced = new Set<string>();
    lines.on("line", (key) => announced.add(key));

    const killed = once(child, "exit");
    const answered = new Map<string, string>();
    const client = clientOf({
      endpoint: `http://127.0.0.1:${port}/aws/s3`,
      region: "eu-west-1",
      credentials,
      bucket: "incoming",
      other: "working",
      close: async () => {},
    });
    const upload = async (lane: number) => {
      for (let number = 0; ; number++) {
        const Key = `${lane}/${number % 5}`;
        const Body = `${Key} ${number} `.repeat(20_000);
        const done = await client.send(new PutObjectCommand({ Bucket: "incoming", Key, Body })).then(
          () => true,
          () => false,
        );
        if (!done) return;
        answered.set(Key, Body);
        if (answered.size >= 10 + 3 * round) child.kill("SIGKILL");
      }
    };
    await Promise.all([0, 1, 2, 3, 4].map(upload));
    await killed;
    lines.close();

    const host = await laptop({ dir });
    host.s3.start();
    await vi.waitFor(async () => expect(await pending(dir)).toEqual([]), 10_000);
    for (const { key } of host.events) announced.add(key);
    const { Contents = [] } = await clientOf(host).send(new ListObjectsV2Command({ Bucket: "incoming" }));
    const keys = Contents.map(({ Key }) => Key!);
    expect(keys).toEqual(expect.arrayContaining([...answered.keys()]));
    expect([...announced].sort()).toEqual(keys);
    for (const Key of keys) {
      const { Body, ETag } = await clientOf(host).send(new GetObjectCommand({ Bucket: "incoming", Key }));
      const bytes = await Body!.transformToString();
      expect(ETag).toBe(`"${createHash("md5").update(bytes).digest("hex")}"`);
      const numberOf = (text: string) => Number(/ (\d+) /.exec(text)?.[1]);
      if (answered.has(Key)) expect(numberOf(bytes)).toBeGreaterThanOrEqual(numberOf(answered.get(Key)!));
    }
    expect((await readdir(join(dir, "incoming", "data"))).length).toBe(keys.length);
  });
});

const pending = async (dir: string) => {
  const folder = join(dir, "incoming", "pending");
  return Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
};
