import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { expect, it } from "vitest";
import { clientOf, codeOf, freshKey, refusal, type S3Rig } from "./rig.ts";

const FILENAME = "$" + "{filename}";

export function formCases(rig: () => S3Rig) {
  const sign = (
    Key: string,
    { client = {}, ...more }: Partial<PresignedPostOptions> & { client?: Parameters<typeof clientOf>[1] } = {},
  ) =>
    createPresignedPost(clientOf(rig(), client), {
      Bucket: rig().bucket,
      Key,
      Conditions: [["content-length-range", 2, 100_000]],
      Fields: { "Content-Type": "image/jpeg" },
      Expires: 300,
      ...more,
    });
  const head = (Key: string) => clientOf(rig()).send(new HeadObjectCommand({ Bucket: rig().bucket, Key }));
  const expectNothing = (key: string) => expect(head(key)).rejects.toMatchObject(refusal("NotFound", 404));

  it("takes what the policy allows", async () => {
    const key = freshKey("a b+c é.jpg");
    const answer = await post(await sign(key), "picture");
    expect([answer.status, answer.body]).toEqual([204, ""]);
    const { Body, ...object } = await clientOf(rig()).send(new GetObjectCommand({ Bucket: rig().bucket, Key: key }));
    expect(await Body?.transformToString()).toBe("picture");
    expect(object).toMatchObject({ ContentType: "image/jpeg", ContentLength: 7, ETag: answer.headers.get("etag") });
  });

  it("answers with the status asked for", async () => {
    const key = freshKey();
    const withStatus = (status: string) =>
      sign(key, { Fields: { "Content-Type": "image/jpeg", success_action_status: status } });
    const created = await post(await withStatus("201"), "picture");
    expect(created.status).toBe(201);
    expect(created.body).toMatch(new RegExp(`<Bucket>${rig().bucket}</Bucket><Key>${key}</Key>`));
    expect((await post(await withStatus("200"), "picture")).status).toBe(200);
  });

  it("keeps the fields that describe the object", async () => {
    const key = freshKey();
    const Fields = {
      "Content-Type": "image/jpeg",
      "Cache-Control": "no-store",
      "x-amz-meta-uploader": "ann",
      "x-amz-storage-class": "STANDARD_IA",
    };
    await post(await sign(key, { Fields }), "picture");
    expect(await head(key)).toMatchObject({
      ContentType: "image/jpeg",
      CacheControl: "no-store",
      Metadata: { uploader: "ann" },
      StorageClass: "STANDARD_IA",
    });
  });

  it("keeps text of any language in its fields, and lets none of it become another header", async () => {
    const key = freshKey();
    const withName = (name: string) =>
      sign(key, { Fields: { "Content-Type": "image/jpeg", "x-amz-meta-name": name }, Conditions: [] });
    expect((await post(await withName("фото é.jpg"), "picture")).status).toBe(204);
    const { Metadata } = await head(key);
    expect(Buffer.from(Metadata?.name ?? "", "latin1").toString()).toBe("фото é.jpg");
    expect((await post(await withName("a\r\nset-cookie: b"), "picture")).status).toBe(400);
  });

  it("lets the file's own name end the key, without its folders", async () => {
    const folder = freshKey("");
    const signed = await sign(folder + FILENAME);
    expect((await post(signed, "picture", { filename: "C:\\temp\\a b.jpg" })).status).toBe(204);
    expect((await head(`${folder}a b.jpg`)).ContentLength).toBe(7);
  });

  it("takes any key and type that begin as the policy says", async () => {
    const folder = freshKey("");
    const Conditions: PresignedPostOptions["Conditions"] = [
      ["starts-with", "$key", folder],
      ["starts-with", "$Content-Type", "image/"],
    ];
    const signed = await createPresignedPost(clientOf(rig()), {
      Bucket: rig().bucket,
      Key: folder + FILENAME,
      Conditions,
    });
    expect((await post(signed, "x", { fields: { key: `${folder}b.jpg`, "Content-Type": "image/gif" } })).status).toBe(
      204,
    );
    expect(await post(signed, "x", { fields: { key: freshKey(), "Content-Type": "image/gif" } })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
    expect(await post(signed, "x", { fields: { key: `${folder}b.jpg`, "Content-Type": "text/html" } })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
    expect(await post(signed, "x", { fields: { key: `${folder}b.jpg` } })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
  });

  it("takes files of the smallest and the largest size, and none beyond", async () => {
    const key = freshKey();
    const signed = await sign(key);
    expect(await post(signed, "x")).toMatchObject({ status: 400, code: "EntityTooSmall" });
    expect(await post(signed, "x".repeat(100_001))).toMatchObject({ status: 400, code: "EntityTooLarge" });
    expect(await post(signed, "x".repeat(3_000_000))).toMatchObject({ status: 400, code: "EntityTooLarge" });
    await expectNothing(key);
    expect((await post(signed, "xx")).status).toBe(204);
    expect((await post(signed, "x".repeat(100_000))).status).toBe(204);
  });

  it.each<[string, Record<string, string>]>([
    ["another key", { key: "cases/other.jpg" }],
    ["another type", { "Content-Type": "text/html" }],
    ["a field the policy does not speak of", { "x-amz-meta-admin": "yes" }],
    ["a storage class the policy does not speak of", { "x-amz-storage-class": "DEEP_ARCHIVE" }],
  ])("refuses a form with %s", async (_, fields) => {
    const key = freshKey();
    expect(await post(await sign(key), "picture", { fields })).toMatchObject({ status: 403, code: "AccessDenied" });
    await expectNothing(key);
  });

  it("refuses a form without a type that the policy fixes", async () => {
    expect(await post(await sign(freshKey()), "picture", { without: ["Content-Type"] })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
  });

  it("takes fields that begin with x-ignore- as they come", async () => {
    expect((await post(await sign(freshKey()), "picture", { fields: { "x-ignore-csrf": "1" } })).status).toBe(204);
  });

  it("refuses a policy that was changed, has expired or was signed with a wrong secret", async () => {
    const key = freshKey();
    const signed = await sign(key);
    const wider = Buffer.from(
      Buffer.from(signed.fields.Policy!, "base64").toString().replace("100000", "900000"),
    ).toString("base64");
    expect(await post(signed, "picture", { fields: { Policy: wider } })).toMatchObject({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
    expect(await post(await sign(key, { Expires: -1 }), "picture")).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
    const credentials = { ...rig().credentials, secretAccessKey: "wrong" };
    expect(await post(await sign(key, { client: { credentials } }), "picture")).toMatchObject({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
    expect(await post(signed, "picture", { without: ["X-Amz-Signature", "Policy"] })).toMatchObject({
      status: 403,
      code: "AccessDenied",
    });
    await expectNothing(key);
  });

  it("refuses a form sent to another bucket than the policy's", async () => {
    const { url, fields } = await sign(freshKey());
    const elsewhere = { url: url.replace(rig().bucket, rig().other), fields };
    expect(await post(elsewhere, "picture")).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  it("refuses a form without a file, with fields after it, or without end", async () => {
    const key = freshKey();
    const signed = await sign(key);
    expect(await post(signed, undefined)).toMatchObject({ status: 400, code: "IncorrectNumberOfFilesInPostRequest" });
    expect(await post(signed, "picture", { fileFirst: true })).toMatchObject({ status: 400, code: "InvalidArgument" });
    expect(await post(signed, "picture", { fields: { "x-ignore-long": "x".repeat(21_000) } })).toMatchObject({
      status: 400,
      code: "MaxPostPreDataLengthExceeded",
    });
    const headers = { "content-type": "multipart/form-data; boundary=edge" };
    const cut = `--edge\r\nContent-Disposition: form-data; name="key"\r\n\r\n${key}\r\n--edge\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf`;
    expect((await fetch(signed.url, { method: "POST", headers, body: cut })).status).toBeGreaterThanOrEqual(400);
    expect((await fetch(signed.url, { method: "POST", body: new URLSearchParams(signed.fields) })).status).toBe(412);
    await expectNothing(key);
  });

  it("takes a file whose bytes look like the form's own edges", async () => {
    const key = freshKey();
    const bytes = "\r\n--\r\n\r\n-----------------------------\r\n--edge--\r\n".repeat(500);
    expect((await post(await sign(key), bytes)).status).toBe(204);
    expect((await head(key)).ContentLength).toBe(bytes.length);
  });
}

interface Change {
  readonly fields?: Record<string, string>;
  readonly without?: readonly string[];
  readonly filename?: string;
  readonly fileFirst?: boolean;
}

/** Sends the form as a browser does: the file last. */
async function post(
  { url, fields }: PresignedPost,
  file: string | undefined,
  { fields: changed = {}, without = [], filename = "picture.jpg", fileFirst = false }: Change = {},
) {
  const form = new FormData();
  const all = Object.entries({ ...fields, ...changed }).filter(([name]) => !without.includes(name));
  if (fileFirst && file !== undefined) form.append("file", new Blob([file]), filename);
  for (const [name, value] of all) form.append(name, value);
  if (!fileFirst && file !== undefined) form.append("file", new Blob([file], { type: "text/html" }), filename);
  const { status, headers, ...response } = await fetch(url, { method: "POST", body: form }).then(async (answer) => ({
    status: answer.status,
    headers: answer.headers,
    body: await answer.text(),
  }));
  return { status, headers, body: response.body, code: codeOf(response.body) };
}
