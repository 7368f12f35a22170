import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, RestoreObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it, vi } from "vitest";
import { s3ObjectRestored } from "../../local/aws/events.ts";
import type { ObjectRestored } from "../../local/aws/s3/types.ts";
import { clientOf, refusal } from "../contract/s3/rig.ts";
import { type Laptop, laptop, startLaptop } from "../s3-rig.ts";

const at = { Bucket: "incoming", Key: "originals/1.jpeg" };
const put = (host: Laptop, StorageClass: "GLACIER" | "STANDARD" = "GLACIER") =>
  clientOf(host).send(new PutObjectCommand({ ...at, Body: "bytes", StorageClass }));
const restore = (host: Laptop, Days = 1) =>
  clientOf(host).send(
    new RestoreObjectCommand({ ...at, RestoreRequest: { Days, GlacierJobParameters: { Tier: "Bulk" } } }),
  );
const restoreHeader = async (host: Laptop) => (await clientOf(host).send(new HeadObjectCommand(at))).Restore;
const read = (host: Laptop) => clientOf(host).send(new GetObjectCommand(at));

describe("restoring on the laptop's S3", () => {
  it("takes a while, tells of its end once, and lasts for its days", async () => {
    const told: ObjectRestored[] = [];
    const host = await laptop({ restoreAfterMs: 1500, onRestored: async (event) => void told.push(event) });
    await put(host);
    await restore(host, 2);
    expect(await restoreHeader(host)).toBe('ongoing-request="true"');
    await expect(restore(host)).rejects.toMatchObject(refusal("RestoreAlreadyInProgress", 409));
    await expect(read(host)).rejects.toMatchObject(refusal("InvalidObjectState", 403));
    await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 20_000 });
    expect(await (await read(host)).Body!.transformToString()).toBe("bytes");
    const [event] = told as [ObjectRestored];
    expect(await restoreHeader(host)).toBe(
      `ongoing-request="false", expiry-date="${new Date(event.until).toUTCString()}"`,
    );
    expect(Date.parse(event.until) % 86_400_000).toBe(0);
    expect(Date.parse(event.until) - Date.now()).toBeGreaterThan(2 * 86_400_000 - 60_000);
    expect(s3ObjectRestored(event, { region: "eu-west-1", account: "111122223333" })).toMatchObject({
      source: "aws.s3",
      "detail-type": "Object Restore Completed",
      resources: ["arn:aws:s3:::incoming"],
      detail: {
        bucket: { name: "incoming" },
        object: { key: at.Key, size: 5 },
        requester: "s3.amazonaws.com",
        "source-storage-class": "GLACIER",
        "restore-expiry-time": event.until.replace(".000Z", "Z"),
      },
    });
  });

  it("goes on after a restart, and tells until it is heard", async () => {
    const dir = await mkdtemp(join(tmpdir(), "darkroom-s3-"));
    const first = await startLaptop({ dir, restoreAfterMs: 60_000 });
    await put(first);
    await restore(first);
    // A kill: nothing of it is closed before the next one starts.
    const heard: string[] = [];
    let tries = 0;
    const second = await laptop({
      dir,
      restoreAfterMs: 10,
      onRestored: async ({ key }) => {
        if (++tries === 1) throw new Error("Nobody listens.");
        heard.push(key);
      },
    });
    second.s3.start();
    await vi.waitFor(() => expect(heard).toEqual([at.Key]), { timeout: 20_000 });
    await read(second);
    await first.close();
  });

  it("is a right of its own, and nothing for what is no archive's", async () => {
    const host = await laptop({
      authorize: (_, { action }) => (action === "s3:RestoreObject" ? no : { allowed: true }),
    });
    await put(host);
    await expect(restore(host)).rejects.toMatchObject(refusal("AccessDenied", 403));
    const other = await laptop();
    await put(other, "STANDARD");
    await expect(restore(other)).rejects.toMatchObject(refusal("InvalidObjectState", 403));
  });
});

const no = { allowed: false, because: "not authorized" } as const;
