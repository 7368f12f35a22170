import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, refusal, type S3Rig } from "./rig.ts";

export function copyCases(rig: () => S3Rig) {
  const put = (Key: string, more = {}) =>
    clientOf(rig()).send(new PutObjectCommand({ Bucket: rig().bucket, Key, Body: "bytes", ...more }));
  const head = (Key: string, Bucket = rig().other) => clientOf(rig()).send(new HeadObjectCommand({ Bucket, Key }));
  const copy = (from: string, Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
    clientOf(rig()).send(
      new CopyObjectCommand({
        Bucket: rig().other,
        Key,
        CopySource: `${rig().bucket}/${encodeURIComponent(from)}`,
        ...more,
      }),
    );

  it("copies bytes, description and tags into another bucket", async () => {
    const key = freshKey("a+b é%20.jpg");
    const { ETag } = await put(key, {
      ContentType: "image/jpeg",
      Metadata: { uploader: "ann" },
      Tagging: "kind=original",
    });
    const { CopyObjectResult } = await copy(key, key);
    expect(CopyObjectResult).toMatchObject({ ETag, LastModified: expect.any(Date) });
    expect(await head(key)).toMatchObject({
      ContentType: "image/jpeg",
      Metadata: { uploader: "ann" },
      ETag,
      TagCount: 1,
    });
    const { Body } = await clientOf(rig()).send(new GetObjectCommand({ Bucket: rig().other, Key: key }));
    expect(await Body?.transformToString()).toBe("bytes");
  });

  it("replaces the description when told to", async () => {
    const key = freshKey();
    await put(key, { ContentType: "image/jpeg", Metadata: { uploader: "ann" } });
    await copy(key, key, { MetadataDirective: "REPLACE", ContentType: "image/png", Metadata: { by: "bob" } });
    expect(await head(key)).toMatchObject({ ContentType: "image/png", Metadata: { by: "bob" } });
  });

  it("gives the copy the storage class asked for, also over itself", async () => {
    const key = freshKey();
    await put(key);
    await copy(key, key, { StorageClass: "DEEP_ARCHIVE" });
    expect((await head(key)).StorageClass).toBe("DEEP_ARCHIVE");
    await copy(key, key, { Bucket: rig().bucket, StorageClass: "GLACIER_IR" });
    expect((await head(key, rig().bucket)).StorageClass).toBe("GLACIER_IR");
  });

  it("copies just the object that the condition names", async () => {
    const key = freshKey();
    const { ETag } = await put(key);
    await copy(key, key, { CopySourceIfMatch: ETag });
    await put(key, { Body: "changed" });
    await expect(copy(key, key, { CopySourceIfMatch: ETag })).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect((await head(key)).ETag).toBe(ETag);
  });

  it("copies over nothing when told to", async () => {
    const key = freshKey();
    await put(key);
    await copy(key, key, { IfNoneMatch: "*" });
    await expect(copy(key, key, { IfNoneMatch: "*" })).rejects.toMatchObject(refusal("PreconditionFailed", 412));
  });

  it("refuses a source that is missing or archived, and a copy that changes nothing", async () => {
    const key = freshKey();
    await expect(copy(freshKey(), key)).rejects.toMatchObject(refusal("NoSuchKey", 404));
    await put(key);
    await expect(copy(key, key, { Bucket: rig().bucket })).rejects.toMatchObject(refusal("InvalidRequest", 400));
    await put(key, { StorageClass: "GLACIER" });
    await expect(copy(key, key)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
}
