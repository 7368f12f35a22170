import { describe, expect, it } from "vitest";
import { uploadSigner } from "../../handlers/aws/upload-signer.ts";
import { clientOf } from "../contract/s3/rig.ts";
import { type LaptopOptions, laptop } from "../s3-rig.ts";

/** The page's side of an upload, over signed requests alone: it has no credentials. */
const megabyte = 1024 * 1024;
const upload = {
  key: "uploads/7",
  type: "image/tiff",
  bytes: 13 * megabyte,
  metadata: { name: "a%20b.tif", uploader: "ann%40example.com" },
};
const part = Buffer.alloc(8 * megabyte, "a");
const rest = Buffer.alloc(5 * megabyte, "b");

async function start(options: LaptopOptions = {}) {
  const rig = await laptop(options);
  const signer = uploadSigner(clientOf(rig, { requestChecksumCalculation: "WHEN_REQUIRED" }), rig.bucket);
  const send = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, etag: response.headers.get("etag"), text, code: /<Code>(\w+)/.exec(text)?.[1] };
  };
  const create = async () => {
    const { url, headers } = await signer.create(upload);
    const { text } = await send(url, { method: "POST", headers });
    return /<UploadId>(.+)<\/UploadId>/.exec(text)?.[1] ?? "";
  };
  const put = async (uploadId: string, number: number, body: Buffer) =>
    send((await signer.part(upload.key, uploadId, number, body.length)).url, {
      method: "PUT",
      body: new Uint8Array(body),
    });
  return { rig, signer, send, create, put };
}

describe("an upload in parts", () => {
  it("becomes the object that was announced", async () => {
    const { rig, signer, send, create, put } = await start();
    const uploadId = await create();
    const etags = [await put(uploadId, 1, part), await put(uploadId, 2, rest)].map(({ etag }) => etag);
    const list = await send((await signer.list(upload.key, uploadId)).url);
    expect([...list.text.matchAll(/<PartNumber>(\d)/g)].map(([, number]) => number)).toEqual(["1", "2"]);
    const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join("");
    const body = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
    const { url } = await signer.complete(upload.key, uploadId);
    // As Uppy does: of no consequence, and not signed.
    const done = await send(url, { method: "POST", body, headers: { "content-type": "application/xml" } });
    expect(done.status).toBe(200);
    expect(rig.s3.store(rig.bucket)?.get(upload.key)).toMatchObject({
      size: upload.bytes,
      headers: { "content-type": upload.type },
      metadata: upload.metadata,
    });
    expect(rig.events).toMatchObject([{ key: upload.key, reason: "CompleteMultipartUpload" }]);
  });

  it("can be given up", async () => {
    const { signer, send, create, put } = await start();
    const uploadId = await create();
    await put(uploadId, 1, part);
    expect(await send((await signer.abort(upload.key, uploadId)).url, { method: "DELETE" })).toMatchObject({
      status: 204,
    });
    expect(await put(uploadId, 2, rest)).toMatchObject({ status: 404, code: "NoSuchUpload" });
  });

  it.each<[string, Record<string, string | undefined>]>([
    ["another type", { "content-type": "text/html" }],
    ["another name", { "x-amz-meta-name": "b.jpg" }],
    ["another sender", { "x-amz-meta-uploader": "bob%40example.com" }],
    ["no sender", { "x-amz-meta-uploader": undefined }],
    ["a word more", { "x-amz-meta-source": "studio" }],
    ["a storage class", { "x-amz-storage-class": "DEEP_ARCHIVE" }],
    ["leave for everybody to read it", { "x-amz-acl": "public-read" }],
  ])("is not begun with %s", async (_, more) => {
    const { signer, send } = await start();
    const { url, headers } = await signer.create(upload);
    const changed = Object.entries({ ...headers, ...more }).filter(
      (header): header is [string, string] => header[1] !== undefined,
    );
    expect(await send(url, { method: "POST", headers: changed })).toMatchObject({ status: 403 });
    expect(await send(url, { method: "POST", headers })).toMatchObject({ status: 200 });
  });

  it.each([1, part.length - 1, part.length + 1, 0])(
    "takes no part of %d bytes where another length was signed",
    async (length) => {
      const { signer, send, create } = await start();
      const { url } = await signer.part(upload.key, await create(), 1, part.length);
      const refused = await send(url, { method: "PUT", body: new Uint8Array(length) });
      expect(refused).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
      expect(await send(url, { method: "PUT", body: new Uint8Array(part.length) })).toMatchObject({ status: 200 });
    },
  );

  it.each<[string, (url: string) => string]>([
    ["another part", (url) => url.replace("partNumber=1", "partNumber=2")],
    ["another upload", (url) => url.replace(/uploadId=\w{5}/, "uploadId=aaaaa")],
    ["another key", (url) => url.replace("uploads/7", "uploads/8")],
    ["another bucket", (url) => url.replace("/incoming/", "/working/")],
    ["a longer time", (url) => url.replace("X-Amz-Expires=600", "X-Amz-Expires=6000")],
    ["the whole object", (url) => url.replace(/partNumber=1&|uploadId=[^&]+&/g, "")],
  ])("takes nothing under an address changed to %s", async (_, changed) => {
    const { signer, send, create } = await start();
    const { url } = await signer.part(upload.key, await create(), 1, rest.length);
    expect(changed(url)).not.toBe(url);
    const sent = { method: "PUT", body: new Uint8Array(rest) };
    expect(await send(changed(url), sent)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(await send(url, { method: "DELETE" })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(await send(url, sent)).toMatchObject({ status: 200 });
  });

  it("is signed for ten minutes", async () => {
    const clock = { now: Date.now() };
    const { signer, send, create } = await start({ now: () => new Date(clock.now) });
    const uploadId = await create();
    const urls = [
      (await signer.part(upload.key, uploadId, 1, 0)).url,
      (await signer.list(upload.key, uploadId)).url,
      (await signer.complete(upload.key, uploadId)).url,
      (await signer.abort(upload.key, uploadId)).url,
      (await signer.create(upload)).url,
    ];
    clock.now += 601_000;
    for (const [i, method] of ["PUT", "GET", "POST", "DELETE", "POST"].entries()) {
      const headers = i === 4 ? (await signer.create(upload)).headers : {};
      expect(await send(urls[i]!, { method, headers }), method).toMatchObject({ status: 403, code: "AccessDenied" });
    }
  });
});

describe("an upload as a form", () => {
  const whole = { ...upload, bytes: 3 };

  const formOf = (fields: Record<string, string | undefined>, body: string) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
    form.append("file", new Blob([body]));
    return form;
  };

  it("becomes the object that was announced", async () => {
    const { rig, signer, send } = await start();
    const { url, fields } = await signer.form(whole);
    expect(await send(url, { method: "POST", body: formOf(fields, "abc") })).toMatchObject({ status: 204 });
    expect(rig.s3.store(rig.bucket)?.get(upload.key)).toMatchObject({
      size: 3,
      headers: { "content-type": upload.type },
      metadata: upload.metadata,
    });
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ["a byte more", {}, "abcd"],
    ["a byte less", {}, "ab"],
    ["another key", { key: "uploads/8" }, "abc"],
    ["a key that climbs", { key: "uploads/7/../8" }, "abc"],
    ["another type", { "Content-Type": "text/html" }, "abc"],
    ["no type", { "Content-Type": undefined }, "abc"],
    ["another name", { "x-amz-meta-name": "b.jpg" }, "abc"],
    ["another sender", { "x-amz-meta-uploader": "bob%40example.com" }, "abc"],
    ["no sender", { "x-amz-meta-uploader": undefined }, "abc"],
    ["a source of its own", { "x-amz-meta-source": "studio" }, "abc"],
    ["leave for everybody to read it", { acl: "public-read" }, "abc"],
    [
      "another policy",
      { Policy: Buffer.from('{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').toString("base64") },
      "abc",
    ],
    ["no signature", { "X-Amz-Signature": undefined }, "abc"],
  ])("is refused with %s", async (_, more, body) => {
    const { rig, signer, send } = await start();
    const { url, fields } = await signer.form(whole);
    const { status } = await send(url, { method: "POST", body: formOf({ ...fields, ...more }, body) });
    expect([400, 403]).toContain(status);
    expect(rig.s3.store(rig.bucket)?.keys()).toEqual([]);
  });
});
