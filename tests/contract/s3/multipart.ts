import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, refusal, type S3Rig } from "./rig.ts";

const FULL = Buffer.alloc(5 * 1024 * 1024, "a");
const REST = Buffer.from("the rest");

export function multipartCases(rig: () => S3Rig) {
  const client = () => clientOf(rig());
  const begin = async (Key: string, more = {}) => {
    const { UploadId } = await client().send(new CreateMultipartUploadCommand({ Bucket: rig().bucket, Key, ...more }));
    return { Bucket: rig().bucket, Key, UploadId };
  };
  type Upload = Awaited<ReturnType<typeof begin>>;
  const add = async (upload: Upload, PartNumber: number, Body: Buffer) => ({
    PartNumber,
    ETag: (await client().send(new UploadPartCommand({ ...upload, PartNumber, Body }))).ETag,
  });
  const complete = (upload: Upload, Parts: { PartNumber: number; ETag?: string }[], more = {}) =>
    client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));

  it("joins parts sent in any order, a later one of a number in an earlier one's place", async () => {
    const upload = await begin(freshKey(), {
      ContentType: "image/tiff",
      Metadata: { by: "ann" },
      StorageClass: "STANDARD_IA",
    });
    const second = await add(upload, 7, REST);
    await add(upload, 2, REST);
    const first = await add(upload, 2, FULL);
    const { ETag } = await complete(upload, [first, second]);
    const md5s = [FULL, REST].map((bytes) => createHash("md5").update(bytes).digest());
    expect(ETag).toBe(`"${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-2"`);
    const { Body, ...object } = await client().send(new GetObjectCommand({ Bucket: upload.Bucket, Key: upload.Key }));
    expect(object).toMatchObject({
      ContentType: "image/tiff",
      Metadata: { by: "ann" },
      StorageClass: "STANDARD_IA",
      ETag,
    });
    expect(Buffer.from(await Body!.transformToByteArray()).equals(Buffer.concat([FULL, REST]))).toBe(true);
    await expect(client().send(new ListPartsCommand(upload))).rejects.toMatchObject(refusal("NoSuchUpload", 404));
  });

  it("shows nothing before it is complete, and lists its parts", async () => {
    const upload = await begin(freshKey());
    const part = await add(upload, 1, REST);
    await expect(
      client().send(new HeadObjectCommand({ Bucket: upload.Bucket, Key: upload.Key })),
    ).rejects.toMatchObject(refusal("NotFound", 404));
    const { Parts } = await client().send(new ListPartsCommand(upload));
    expect(Parts).toMatchObject([{ PartNumber: 1, ETag: part.ETag, Size: REST.length }]);
  });

  it("forgets an aborted upload", async () => {
    const upload = await begin(freshKey());
    const part = await add(upload, 1, REST);
    await client().send(new AbortMultipartUploadCommand(upload));
    await expect(add(upload, 2, REST)).rejects.toMatchObject(refusal("NoSuchUpload", 404));
    await expect(complete(upload, [part])).rejects.toMatchObject(refusal("NoSuchUpload", 404));
  });

  it("refuses parts that are unknown, out of order or too small", async () => {
    const upload = await begin(freshKey());
    const [one, two] = [await add(upload, 1, REST), await add(upload, 2, REST)];
    await expect(complete(upload, [two, one])).rejects.toMatchObject(refusal("InvalidPartOrder", 400));
    await expect(complete(upload, [one, { PartNumber: 3, ETag: one.ETag }])).rejects.toMatchObject(
      refusal("InvalidPart", 400),
    );
    await expect(complete(upload, [{ ...one, ETag: '"00000000000000000000000000000000"' }])).rejects.toMatchObject(
      refusal("InvalidPart", 400),
    );
    await expect(complete(upload, [one, two])).rejects.toMatchObject(refusal("EntityTooSmall", 400));
    await complete(upload, [one]);
  });

  it("completes over nothing when told to", async () => {
    const upload = await begin(freshKey());
    const part = await add(upload, 1, REST);
    await client().send(new PutObjectCommand({ Bucket: upload.Bucket, Key: upload.Key, Body: "earlier" }));
    await expect(complete(upload, [part], { IfNoneMatch: "*" })).rejects.toMatchObject(
      refusal("PreconditionFailed", 412),
    );
  });

  it("knows an upload under its own key only", async () => {
    const upload = await begin(freshKey());
    await expect(add({ ...upload, Key: freshKey() }, 1, REST)).rejects.toMatchObject(refusal("NoSuchUpload", 404));
    await expect(add({ ...upload, UploadId: "../../etc" }, 1, REST)).rejects.toMatchObject(
      refusal("NoSuchUpload", 404),
    );
  });
}
