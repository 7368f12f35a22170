import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Change, Source } from "../../providers/sources/types.ts";
import { fileAt, last, noise, readAll, refusal, tick, upserts } from "../contract/source/rig.ts";
import { brokenVariants, sourceContract } from "../contract/source.ts";
import { type S3SourceRig, s3Abilities, s3Rig } from "./s3-rig.ts";

sourceContract("s3", s3Abilities, s3Rig);
brokenVariants("s3", s3Abilities, s3Rig);

const all = (source: Source, cursor?: string) => tick({ fresh: () => source }, cursor);
const paths = (told: { changes: readonly Change[] }) => upserts(told).map(({ path }) => path);
const HOUR = 60 * 60 * 1000;

let rig: S3SourceRig;
beforeEach(async () => {
  rig = await s3Rig();
});
afterEach(() => rig.close());

describe("s3 source: what is new", () => {
  it("looks only below its prefix, and at no folder that the console put there", async () => {
    for (const path of ["raw/a.jpg", "raw/deep/b.jpg", "rawer.jpg", "other/c.jpg"]) await rig.put(path, noise(10));
    await rig.put("raw/empty folder/", Buffer.alloc(0));
    expect((await all(rig.source({ prefix: "raw/" }))).changes).toMatchObject([
      { kind: "upsert", file: { id: "raw/a.jpg", path: "raw/a.jpg", size: 10 } },
      { kind: "upsert", file: { id: "raw/deep/b.jpg" } },
    ]);
  });

  it("looks back two hours before its last pass began: so long an upload may have taken", async () => {
    const cursor = last(await all(rig.source({ now: () => Date.now() + HOUR })));
    await rig.put("begun-an-hour-ago.jpg", noise(10));
    expect(paths(await all(rig.source({ now: () => Date.now() + 2 * HOUR }), cursor))).toEqual([
      "begun-an-hour-ago.jpg",
    ]);
  });

  it("tells once a day what carries an older time, and nothing twice in between", async () => {
    const begun = Date.now();
    const first = await all(rig.source({ now: () => begun + 3 * HOUR }));
    await rig.put("old.jpg", noise(10));
    const soon = await all(rig.source({ now: () => begun + 4 * HOUR }), last(first));
    expect(paths(soon)).toEqual([]);
    expect(paths(await all(rig.source({ now: () => begun + 28 * HOUR }), last(soon)))).toEqual(["old.jpg"]);
  });

  it("says resync when prefix or bucket changed", async () => {
    await rig.put("raw/a.jpg", noise(10));
    const { cursor } = await rig.source().changes();
    expect(await rig.source({ prefix: "raw/" }).changes(cursor)).toMatchObject({ resync: true, more: false });
  });

  it("skips what is archived or too large, and says of an archived read to restore it first", async () => {
    const archived = { Bucket: rig.bucket, Key: "cold.jpg", Body: noise(10), StorageClass: "DEEP_ARCHIVE" } as const;
    await rig.client.send(new PutObjectCommand(archived));
    await rig.put("large.jpg", noise(1001));
    const { changes } = await all(rig.source({ maxBytes: 1000 }));
    expect(changes).toEqual([
      { kind: "skip", path: "cold.jpg", reason: "archived" },
      { kind: "skip", path: "large.jpg", reason: "too-large" },
    ]);
    const file = { id: "cold.jpg", version: "1", path: "cold.jpg" };
    const error = await refusal(readAll(rig.source(), file));
    expect(error.message).toMatch(/ARCHIVED: cold.jpg in bucket \S+ is in an archive storage class: restore it first$/);
  });
});

describe("s3 source: reading", () => {
  it("asks for the rest of exactly this version after a cut", async () => {
    await rig.put("cut.jpg", noise(500_000));
    const file = fileAt(await all(rig.source()), "cut.jpg");
    rig.proxy.faults.cut(1, 200_000);
    const source = rig.fresh();
    expect((await readAll(source, file)).equals(noise(500_000))).toBe(true);
    const ranges = rig.proxy.requests.filter(({ line }) => line.includes("/cut.jpg")).map(({ range }) => range);
    expect(ranges).toEqual([undefined, "bytes=200000-"]);
  });

  it("says CHANGED when the object is replaced between a cut and the rest", async () => {
    await rig.put("cut.jpg", noise(500_000));
    const file = { ...fileAt(await all(rig.source()), "cut.jpg"), digest: undefined };
    rig.proxy.faults.cut(1, 200_000);
    const wait = () => rig.put("cut.jpg", noise(500_000, 2));
    const source = rig.fresh({ wait });
    expect((await refusal(readAll(source, file))).code).toBe("CHANGED");
  });
});

describe("s3 source: permissions", () => {
  it("names the action and the object that it may not use, also in its check", async () => {
    await rig.put("a.jpg", noise(10));
    const file = fileAt(await all(rig.source()), "a.jpg");
    rig.authorize((_, { action }) =>
      action === "s3:GetObject" ? { allowed: false, because: "no" } : { allowed: true },
    );
    const error = await refusal(readAll(rig.source(), file));
    expect(error.code).toBe("FORBIDDEN");
    expect(error.message).toContain(`expected the permission s3:GetObject on arn:aws:s3:::${rig.bucket}/a.jpg`);
    const check = await rig.source().check();
    expect(check.ok).toBe(false);
    expect(check.findings.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(check.findings[1]?.sentence).toContain("s3:GetObject");
  });

  it("asks for nothing but to list, to read and to write back", async () => {
    const actions = new Set<string>();
    rig.authorize((_, { action }) => {
      actions.add(action);
      return { allowed: true };
    });
    const source = rig.source();
    await rig.put("a.jpg", noise(10));
    actions.clear();
    await readAll(source, fileAt(await all(source), "a.jpg"));
    await source.check();
    await source.write!("b.jpg", noise(10), { contentType: "image/jpeg" });
    expect([...actions].sort()).toEqual(["s3:GetObject", "s3:ListBucket", "s3:PutObject"]);
  });

  it.each(["raw", "raw/", ""])(
    "refuses %j for the write-back folder of raw/, which would hide every picture",
    (writeBack) => {
      expect(() => rig.source({ prefix: "raw/", writeBack })).toThrow(/CONFIG: expected a write-back folder/);
    },
  );

  it("has no write without a write-back folder, and no webhook: EventBridge calls for it", () => {
    const source = rig.source({ writeBack: undefined });
    expect(source.write).toBeUndefined();
    expect(source.webhook).toBeUndefined();
  });
});
