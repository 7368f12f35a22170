import { createHash } from "node:crypto";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, presign, refusal, type S3Rig, send } from "./rig.ts";

export function objectCases(rig: () => S3Rig) {
  const at = (Key: string) => ({ Bucket: rig().bucket, Key });
  const put = (Key: string, Body = "bytes", more = {}) =>
    clientOf(rig()).send(new PutObjectCommand({ ...at(Key), Body, ...more }));
  const get = (Key: string, more = {}) => clientOf(rig()).send(new GetObjectCommand({ ...at(Key), ...more }));
  const head = (Key: string) => clientOf(rig()).send(new HeadObjectCommand(at(Key)));
  const textOf = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();

  it("gives back the bytes and everything said of them", async () => {
    const key = freshKey();
    const said = {
      ContentType: "image/jpeg",
      CacheControl: "max-age=60",
      ContentDisposition: "inline",
      Metadata: { uploader: "ann", constructor: "x" },
    };
    await put(key, "picture", said);
    const { Body, ...object } = await get(key);
    expect(await Body?.transformToString()).toBe("picture");
    expect(object).toMatchObject({ ...said, ContentLength: 7, AcceptRanges: "bytes" });
    expect(await head(key)).toMatchObject({ ...said, ContentLength: 7, ETag: object.ETag });
  });

  it("takes the MD5 of the bytes as the ETag", async () => {
    const md5 = createHash("md5").update("bytes").digest("hex");
    expect((await put(freshKey())).ETag).toBe(`"${md5}"`);
  });

  it("keeps an empty object", async () => {
    const key = freshKey();
    await clientOf(rig()).send(new PutObjectCommand({ ...at(key), Body: Buffer.alloc(0) }));
    expect(await textOf(key)).toBe("");
    expect((await head(key)).ContentLength).toBe(0);
  });

  it("replaces bytes and description together", async () => {
    const key = freshKey();
    await put(key, "first", { ContentType: "image/png", Metadata: { a: "1" } });
    await put(key, "second", { ContentType: "image/gif" });
    const { Body, ContentType, Metadata } = await get(key);
    expect([await Body?.transformToString(), ContentType, Metadata]).toEqual(["second", "image/gif", {}]);
  });

  it("tells a missing key from everything else", async () => {
    await expect(get(freshKey())).rejects.toMatchObject(refusal("NoSuchKey", 404));
    await expect(head(freshKey())).rejects.toMatchObject(refusal("NotFound", 404));
    await expect(
      clientOf(rig()).send(new GetObjectCommand({ Bucket: `${rig().bucket}-none`, Key: "a" })),
    ).rejects.toMatchObject(refusal("NoSuchBucket", 404));
  });

  it.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ])("answers the range %s", async (Range, text, ContentRange) => {
    const key = freshKey();
    await put(key, "0123456789");
    const { Body, ...object } = await get(key, { Range });
    expect(await Body?.transformToString()).toBe(text);
    expect(object).toMatchObject({ ContentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
  });

  it("refuses a range past the end", async () => {
    const key = freshKey();
    await put(key, "0123456789");
    await expect(get(key, { Range: "bytes=10-" })).rejects.toMatchObject(refusal("InvalidRange", 416));
  });

  it("lets the caller name the answer's headers", async () => {
    const key = freshKey();
    await put(key);
    const object = await get(key, {
      ResponseContentType: "text/plain",
      ResponseContentDisposition: 'attachment; filename="a.txt"',
    });
    object.Body?.transformToString();
    expect(object).toMatchObject({ ContentType: "text/plain", ContentDisposition: 'attachment; filename="a.txt"' });
  });

  it("deletes, and deletes again without complaint", async () => {
    const key = freshKey();
    await put(key);
    await clientOf(rig()).send(new DeleteObjectCommand(at(key)));
    await expect(head(key)).rejects.toMatchObject(refusal("NotFound", 404));
    await clientOf(rig()).send(new DeleteObjectCommand(at(key)));
  });

  it("deletes many at once", async () => {
    const keys = [freshKey("a&b<c>.jpg"), freshKey("été.jpg"), freshKey("never-there.jpg")];
    for (const key of keys.slice(0, 2)) await put(key);
    const Delete = { Objects: keys.map((Key) => ({ Key })) };
    const { Deleted, Errors } = await clientOf(rig()).send(new DeleteObjectsCommand({ Bucket: rig().bucket, Delete }));
    expect(Deleted?.map(({ Key }) => Key).sort()).toEqual([...keys].sort());
    expect(Errors ?? []).toEqual([]);
    await expect(head(keys[0]!)).rejects.toMatchObject(refusal("NotFound", 404));
  });

  it("keeps the storage class, and the bytes of an archived object back", async () => {
    const key = freshKey();
    await put(key, "cold", { StorageClass: "DEEP_ARCHIVE" });
    expect((await head(key)).StorageClass).toBe("DEEP_ARCHIVE");
    await expect(get(key)).rejects.toMatchObject(refusal("InvalidObjectState", 403));
    await expect(put(freshKey(), "x", { StorageClass: "LUKEWARM" })).rejects.toMatchObject(
      refusal("InvalidStorageClass", 400),
    );
  });

  it("keeps tags, given with the object or after it", async () => {
    const key = freshKey();
    await put(key, "x", { Tagging: "kind=original&note=a%20b%26c" });
    const tagsOf = async () =>
      (await clientOf(rig()).send(new GetObjectTaggingCommand(at(key)))).TagSet?.sort((a, b) =>
        a.Key! < b.Key! ? -1 : 1,
      );
    expect(await tagsOf()).toEqual([
      { Key: "kind", Value: "original" },
      { Key: "note", Value: "a b&c" },
    ]);
    await clientOf(rig()).send(
      new PutObjectTaggingCommand({ ...at(key), Tagging: { TagSet: [{ Key: "state", Value: "<done>" }] } }),
    );
    expect(await tagsOf()).toEqual([{ Key: "state", Value: "<done>" }]);
    expect(await textOf(key)).toBe("x");
  });

  it.each(ODD_NAMES)("keeps the key %j apart from all others", async (name) => {
    const key = `${freshKey("odd")}/${name}`;
    await put(key, name);
    expect(await textOf(key)).toBe(name);
    const listed = await clientOf(rig()).send(
      new ListObjectsV2Command({ Bucket: rig().bucket, Prefix: key.slice(0, 15), EncodingType: "url" }),
    );
    expect(listed.Contents?.map(({ Key }) => decodeURIComponent(Key!.replaceAll("+", " ")))).toEqual([key]);
    await clientOf(rig()).send(new DeleteObjectCommand(at(key)));
    await expect(head(key)).rejects.toMatchObject(refusal("NotFound", 404));
  });

  it("takes a key of 1024 bytes and none longer", async () => {
    const key = freshKey("").padEnd(1024, "x");
    await put(key);
    expect(await textOf(key)).toBe("bytes");
    await expect(put(`${key}x`)).rejects.toMatchObject({ name: "KeyTooLongError" });
    await expect(put(`${key.slice(0, -1)}é`)).rejects.toMatchObject({ name: "KeyTooLongError" });
  });

  it("refuses a key that is no text", async () => {
    const url = await presign(rig(), { key: freshKey("lone") });
    expect((await send(url.replace("/lone", "/%ED%A0%80.jpg"))).status).toBeGreaterThanOrEqual(400);
  });
}

const ODD_NAMES = [
  " .jpg",
  "a b+c.jpg",
  "a%20b.jpg",
  "..%2fsecret.jpg",
  "../secret.jpg",
  "..\\..\\x.jpg",
  "a\nb.jpg",
  "a\u200bb.jpg",
  "\u202egpj.exe",
  "e\u0301te\u0301.jpg",
  "\u00e9t\u00e9.jpg",
  "😀🏳️\u200d🌈.png",
  "مرحبا.gif",
  "[1](2){3}!'*.jpg",
  'o\'neil "x".jpg',
  "a&b=c;d?e#f.jpg",
  "<script>alert(1)</script>.jpg",
  "$" + "{jndi:x}.jpg",
  "=cmd|calc.jpg",
  "tilde~back`tick^.jpg",
  "__proto__/constructor.jpg",
  "CON.jpg",
  "//double//slash//",
  ".hidden.jpg",
];
