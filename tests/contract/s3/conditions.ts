import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, refusal, type S3Rig } from "./rig.ts";

export function conditionCases(rig: () => S3Rig) {
  const at = (Key: string) => ({ Bucket: rig().bucket, Key });
  const put = (Key: string, Body: string, more = {}) =>
    clientOf(rig()).send(new PutObjectCommand({ ...at(Key), Body, ...more }));
  const textOf = async (Key: string) =>
    (await clientOf(rig()).send(new GetObjectCommand(at(Key)))).Body?.transformToString();

  it("writes a key once with If-None-Match", async () => {
    const key = freshKey();
    await put(key, "first", { IfNoneMatch: "*" });
    await expect(put(key, "second", { IfNoneMatch: "*" })).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect(await textOf(key)).toBe("first");
  });

  it("lets one of many win the race for a key", async () => {
    const key = freshKey();
    const racers = Array.from({ length: 12 }, (_, number) => `racer ${number}`);
    const results = await Promise.allSettled(racers.map((racer) => put(key, racer, { IfNoneMatch: "*" })));
    const winners = racers.filter((_, number) => results[number]?.status === "fulfilled");
    expect(winners).toEqual([await textOf(key)]);
  });

  it("replaces just the object that If-Match names", async () => {
    const key = freshKey();
    const { ETag } = await put(key, "first");
    await put(key, "second", { IfMatch: ETag });
    await expect(put(key, "third", { IfMatch: ETag })).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect(await textOf(key)).toBe("second");
    await expect(put(freshKey(), "x", { IfMatch: ETag })).rejects.toMatchObject(refusal("NoSuchKey", 404));
  });

  it("deletes just the object that If-Match names", async () => {
    const key = freshKey();
    const { ETag } = await put(key, "first");
    const remove = (IfMatch: string) => clientOf(rig()).send(new DeleteObjectCommand({ ...at(key), IfMatch }));
    await expect(remove('"00000000000000000000000000000000"')).rejects.toMatchObject(
      refusal("PreconditionFailed", 412),
    );
    await remove(ETag!);
    await expect(textOf(key)).rejects.toMatchObject(refusal("NoSuchKey", 404));
  });

  it("sends an object only to those who have another", async () => {
    const key = freshKey();
    const { ETag } = await put(key, "first");
    const get = (more: object) => clientOf(rig()).send(new GetObjectCommand({ ...at(key), ...more }));
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect((await get({ IfMatch: ETag })).$metadata.httpStatusCode).toBe(200);
    const head = clientOf(rig()).send(new HeadObjectCommand({ ...at(key), IfNoneMatch: ETag }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });
}
