import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { beforeAll, expect, it } from "vitest";
import { clientOf, freshKey, refusal, type S3Rig } from "./rig.ts";

export function listingCases(rig: () => S3Rig) {
  const root = freshKey("");
  const names = ["a.jpg", "b/1.jpg", "b/2.jpg", "b/c/3.jpg", "d.jpg", "e/4.jpg", "Ünder.jpg", "\u{ffff}.jpg", "😀.jpg"];
  const list = async (more: Partial<ListObjectsV2CommandInput> = {}) => {
    const page = await clientOf(rig()).send(new ListObjectsV2Command({ Bucket: rig().bucket, Prefix: root, ...more }));
    const short = (name = "") => name.slice(root.length);
    return {
      ...page,
      names: page.Contents?.map(({ Key }) => short(Key)) ?? [],
      groups: page.CommonPrefixes?.map(({ Prefix }) => short(Prefix)) ?? [],
    };
  };
  const pages = async (more: Partial<ListObjectsV2CommandInput>) => {
    const seen: string[][] = [];
    for (let ContinuationToken: string | undefined, more_ = true; more_; ) {
      const page = await list({ ...more, ContinuationToken });
      seen.push([...page.names, ...page.groups].sort());
      expect(page.KeyCount).toBe(seen.at(-1)?.length);
      ContinuationToken = page.NextContinuationToken;
      more_ = page.IsTruncated === true;
    }
    return seen;
  };

  beforeAll(async () => {
    for (const name of [...names].reverse())
      await clientOf(rig()).send(new PutObjectCommand({ Bucket: rig().bucket, Key: root + name, Body: name }));
  });

  it("lists in the order of the keys' bytes, with what each object is", async () => {
    const page = await list();
    expect(page.names).toEqual(names);
    expect(page).toMatchObject({ IsTruncated: false, KeyCount: names.length });
    expect(page.Contents?.[0]).toMatchObject({
      Size: 5,
      StorageClass: "STANDARD",
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      LastModified: expect.any(Date),
    });
  });

  it("pages through everything once", async () => {
    const seen = await pages({ MaxKeys: 2 });
    expect(seen.map((page) => page.length)).toEqual([2, 2, 2, 2, 1]);
    expect(seen.flat().sort()).toEqual([...names].sort());
  });

  it("folds keys behind a delimiter", async () => {
    const page = await list({ Delimiter: "/" });
    expect(page.groups).toEqual(["b/", "e/"]);
    expect(page.names).toEqual(names.filter((name) => !name.includes("/")));
    const inner = await list({ Prefix: `${root}b/`, Delimiter: "/" });
    expect([inner.names, inner.groups]).toEqual([["b/1.jpg", "b/2.jpg"], ["b/c/"]]);
  });

  it("shows a folded prefix on one page only", async () => {
    const seen = await pages({ Delimiter: "/", MaxKeys: 1 });
    expect(seen.flat()).toEqual(["a.jpg", "b/", "d.jpg", "e/", ...names.slice(6)]);
  });

  it("starts after a key, which need not be there", async () => {
    expect((await list({ StartAfter: `${root}b/2.jpg` })).names).toEqual(names.slice(3));
    expect((await list({ StartAfter: `${root}c` })).names).toEqual(names.slice(4));
  });

  it("answers nothing for a prefix nobody has, and refuses a token it never gave", async () => {
    expect(await list({ Prefix: `${root}none` })).toMatchObject({ KeyCount: 0, IsTruncated: false, names: [] });
    await expect(list({ ContinuationToken: "@@" })).rejects.toMatchObject(refusal("InvalidArgument", 400));
  });

  it("names every version of what begins so, page by page; without versions each is called null", async () => {
    const versions = async (more: Partial<ListObjectVersionsCommandInput> = {}) =>
      clientOf(rig()).send(new ListObjectVersionsCommand({ Bucket: rig().bucket, Prefix: root, ...more }));
    const all = await versions();
    expect(all.Versions?.map(({ Key = "" }) => Key.slice(root.length))).toEqual(names);
    expect(all).toMatchObject({ IsTruncated: false, Prefix: root });
    expect(all.DeleteMarkers).toBeUndefined();
    expect(all.Versions?.[0]).toMatchObject({ VersionId: "null", IsLatest: true, Size: 5, ETag: expect.any(String) });
    const seen: string[] = [];
    let page = await versions({ MaxKeys: 4 });
    for (let pages = 1; ; pages++) {
      seen.push(...(page.Versions ?? []).map(({ Key = "" }) => Key.slice(root.length)));
      if (!page.IsTruncated) break;
      expect(pages).toBeLessThan(3);
      page = await versions({
        MaxKeys: 4,
        KeyMarker: page.NextKeyMarker,
        VersionIdMarker: page.NextVersionIdMarker,
      });
    }
    expect(seen).toEqual(names);
    expect((await versions({ Prefix: `${root}none` })).Versions).toBeUndefined();
  });

  it("deletes by the version's name, and is content to find it gone", async () => {
    const Key = freshKey();
    const { bucket: Bucket } = rig();
    await clientOf(rig()).send(new PutObjectCommand({ Bucket, Key, Body: "bytes" }));
    for (let time = 0; time < 2; time++) {
      const Delete = { Objects: [{ Key, VersionId: "null" }] };
      expect((await clientOf(rig()).send(new DeleteObjectsCommand({ Bucket, Delete }))).Errors ?? []).toEqual([]);
      expect(await list({ Prefix: Key })).toMatchObject({ KeyCount: 0 });
    }
  });
}
