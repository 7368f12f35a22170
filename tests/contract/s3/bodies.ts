import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, refusal, type S3Rig, sendSigned } from "./rig.ts";

export function bodyCases(rig: () => S3Rig) {
  const at = (Key: string) => ({ Bucket: rig().bucket, Key });
  const read = async (key: string) =>
    Buffer.from((await (await clientOf(rig()).send(new GetObjectCommand(at(key)))).Body?.transformToByteArray()) ?? []);
  const expectNothing = (key: string) =>
    expect(clientOf(rig()).send(new HeadObjectCommand(at(key)))).rejects.toMatchObject(refusal("NotFound", 404));
  /** As the SDK frames a stream, in two chunks. */
  const chunked = (body: Buffer, trailer: string, length = body.length) => ({
    headers: {
      "content-encoding": "aws-chunked",
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-decoded-content-length": String(length),
      "x-amz-trailer": "x-amz-checksum-crc32",
    },
    body: Buffer.concat([
      ...[body.subarray(0, 10), body.subarray(10)].flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}\r\n`),
        chunk,
        Buffer.from("\r\n"),
      ]),
      Buffer.from(`0\r\nx-amz-checksum-crc32:${trailer}\r\n\r\n`),
    ]),
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "takes a stream with a %s trailer, and only its bytes",
    async (ChecksumAlgorithm) => {
      const key = freshKey();
      const bytes = randomBytes(200_000);
      const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 70_000), bytes.subarray(70_000)];
      await clientOf(rig()).send(
        new PutObjectCommand({
          ...at(key),
          Body: Readable.from(pieces),
          ContentLength: bytes.length,
          ChecksumAlgorithm,
        }),
      );
      expect((await read(key)).equals(bytes)).toBe(true);
      const { ContentEncoding, ContentLength } = await clientOf(rig()).send(new HeadObjectCommand(at(key)));
      expect([ContentEncoding ?? "", ContentLength]).toEqual(["", bytes.length]);
    },
  );

  // The published check values of these algorithms.
  it.each([
    ["CRC32", "y/Q5Jg=="],
    ["CRC32C", "4waSgw=="],
    ["CRC64NVME", "rosUhgp5mIg="],
    ["SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="],
    ["SHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="],
  ] as const)("gives back the %s of 123456789", async (ChecksumAlgorithm, value) => {
    const key = freshKey();
    await clientOf(rig()).send(new PutObjectCommand({ ...at(key), Body: "123456789", ChecksumAlgorithm }));
    const head = await clientOf(rig()).send(new HeadObjectCommand({ ...at(key), ChecksumMode: "ENABLED" }));
    expect(head[`Checksum${ChecksumAlgorithm}`]).toBe(value);
  });

  it("takes a body whose trailing checksum is right, and refuses it when wrong", async () => {
    const [right, wrong] = [freshKey(), freshKey()];
    const body = randomBytes(5000);
    expect(await sendSigned(rig(), { key: right, ...chunked(body, crcOf(body)) })).toMatchObject({ status: 200 });
    expect((await read(right)).equals(body)).toBe(true);
    expect(await sendSigned(rig(), { key: wrong, ...chunked(body, crcOf(Buffer.from("other"))) })).toMatchObject({
      status: 400,
      code: "BadDigest",
    });
    await expectNothing(wrong);
  });

  it("refuses a stream that lacks bytes", async () => {
    const key = freshKey();
    const body = randomBytes(5000);
    expect(await sendSigned(rig(), { key, ...chunked(body, crcOf(body), 5001) })).toMatchObject({
      status: 400,
      code: "IncompleteBody",
    });
    await expectNothing(key);
  });

  it("refuses a stream cut off between its chunks", async () => {
    const key = freshKey();
    const whole = chunked(randomBytes(5000), "AAAAAA==");
    const sent = await sendSigned(rig(), { key, headers: whole.headers, body: whole.body.subarray(0, 15) });
    expect(sent).toMatchObject({ status: 400, code: "IncompleteBody" });
    await expectNothing(key);
  });

  it("refuses bytes other than the checksum, the MD5 or the signed hash says", async () => {
    const key = freshKey();
    const put = (more: object) => clientOf(rig()).send(new PutObjectCommand({ ...at(key), Body: "bytes", ...more }));
    await expect(put({ ChecksumCRC32: crcOf(Buffer.from("other")) })).rejects.toMatchObject(refusal("BadDigest", 400));
    await expect(put({ ContentMD5: createHash("md5").update("other").digest("base64") })).rejects.toMatchObject(
      refusal("BadDigest", 400),
    );
    await expect(put({ ContentMD5: "no" })).rejects.toMatchObject(refusal("InvalidDigest", 400));
    const headers = { "x-amz-content-sha256": createHash("sha256").update("other").digest("hex") };
    expect(await sendSigned(rig(), { key, headers, body: "bytes" })).toMatchObject({
      status: 400,
      code: "XAmzContentSHA256Mismatch",
    });
    await expectNothing(key);
  });

  it("keeps an object's own content encoding", async () => {
    const key = freshKey();
    await clientOf(rig()).send(
      new PutObjectCommand({
        ...at(key),
        Body: Readable.from([Buffer.from("zip")]),
        ContentLength: 3,
        ContentEncoding: "gzip",
      }),
    );
    expect((await clientOf(rig()).send(new HeadObjectCommand(at(key)))).ContentEncoding).toBe("gzip");
  });
}

function crcOf(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString("base64");
}
