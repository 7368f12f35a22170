import { createHash } from "node:crypto";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { clientOf, freshKey, presign, refusal, type S3Rig, send, sendSigned } from "./rig.ts";

export function authenticationCases(rig: () => S3Rig) {
  const put = (Key: string) => clientOf(rig()).send(new PutObjectCommand({ Bucket: rig().bucket, Key, Body: "bytes" }));
  const expectNothing = (Key: string) =>
    expect(clientOf(rig()).send(new HeadObjectCommand({ Bucket: rig().bucket, Key }))).rejects.toMatchObject(
      refusal("NotFound", 404),
    );
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

  it("refuses a wrong secret, an unknown key, and a clock that is far off", async () => {
    const key = freshKey();
    await put(key);
    const get = (more: Parameters<typeof clientOf>[1]) =>
      clientOf(rig(), more).send(new GetObjectCommand({ Bucket: rig().bucket, Key: key }));
    const { credentials } = rig();
    await expect(get({ credentials: { ...credentials, secretAccessKey: "wrong" } })).rejects.toMatchObject(
      refusal("SignatureDoesNotMatch", 403),
    );
    await expect(get({ credentials: { ...credentials, accessKeyId: "AKIANOBODYKNOWSTHIS0" } })).rejects.toMatchObject(
      refusal("InvalidAccessKeyId", 403),
    );
    await expect(get({ systemClockOffset: -16 * 60 * 1000 })).rejects.toMatchObject(
      refusal("RequestTimeTooSkewed", 403),
    );
  });

  it("refuses a request nobody signed", async () => {
    const key = freshKey();
    await put(key);
    expect(await send(`${rig().endpoint}/${rig().bucket}/${key}`)).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await send(`${rig().endpoint}/${rig().bucket}/${key}`, { method: "PUT", body: "x" })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
  });

  it("refuses a signed request that is changed on its way", async () => {
    const key = freshKey();
    const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    expect(await sendSigned(rig(), { key, headers, body: "bytes" })).toMatchObject({ status: 200 });
    const url = await presign(rig(), { key });
    expect(await send(url, { method: "DELETE" })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
  });

  it("lets the holder of a presigned URL get the object", async () => {
    const key = freshKey("a b+c é.jpg");
    await put(key);
    expect(await send(await presign(rig(), { key }))).toMatchObject({ status: 200, body: "bytes" });
    const query = { "response-content-disposition": 'attachment; filename="b c.jpg"' };
    const answer = await send(await presign(rig(), { key, query }));
    expect([answer.status, answer.headers["content-disposition"]]).toEqual([200, 'attachment; filename="b c.jpg"']);
  });

  it("lets no parameter of a presigned URL become another header", async () => {
    const key = freshKey();
    await put(key);
    const answer = await send(await presign(rig(), { key, query: { "response-content-type": "a\r\nset-cookie: b" } }));
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([400, undefined]);
  });

  it("refuses bytes other than a presigned URL's own hash says", async () => {
    const key = freshKey();
    const query = { "X-Amz-Content-Sha256": createHash("sha256").update("bytes").digest("hex") };
    const url = await presign(rig(), { key, method: "PUT", query });
    expect(await send(url, { method: "PUT", body: "other" })).toMatchObject({ status: 400 });
    await expectNothing(key);
  });

  it("lets the holder of a presigned URL put the object", async () => {
    const key = freshKey();
    const answer = await send(await presign(rig(), { key, method: "PUT" }), {
      method: "PUT",
      body: "picture",
      headers: { "content-type": "image/png" },
    });
    expect(answer.status).toBe(200);
    expect(await clientOf(rig()).send(new HeadObjectCommand({ Bucket: rig().bucket, Key: key }))).toMatchObject({
      ContentLength: 7,
      ContentType: "image/png",
    });
  });

  it.each<[string, (url: string) => string]>([
    ["another key", (url) => url.replace("picture.jpg", "other.jpg")],
    ["another bucket", (url) => url.replace(`/${rig().bucket}/`, `/${rig().other}/`)],
    ["a longer life", (url) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")],
    ["another parameter", (url) => `${url}&response-content-type=text%2Fhtml`],
    ["another signature", (url) => url.replace(/Signature=..../, "Signature=0000")],
  ])("refuses a presigned URL changed to %s", async (_, change) => {
    const url = change(await presign(rig(), { key: freshKey(), method: "PUT" }));
    expect(await send(url, { method: "PUT", body: "x" })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
  });

  it("refuses a presigned URL that has expired, is not valid yet, or was signed with a wrong secret", async () => {
    const key = freshKey();
    const attempt = async (more: object) =>
      send(await presign(rig(), { key, method: "PUT", ...more }), { method: "PUT", body: "x" });
    expect(await attempt({ signedAt: ago(61), expiresIn: 60 })).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await attempt({ signedAt: ago(-3600) })).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(await attempt({ secretAccessKey: "wrong" })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    await expectNothing(key);
  });

  it("refuses headers that the signer of a presigned URL did not sign", async () => {
    const url = await presign(rig(), { key: freshKey(), method: "PUT" });
    const headers = { "x-amz-storage-class": "DEEP_ARCHIVE" };
    expect(await send(url, { method: "PUT", body: "x", headers })).toMatchObject({ status: 403, code: "AccessDenied" });
  });
}
