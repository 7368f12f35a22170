import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { expect, it } from "vitest";
import { clientOf, freshKey, presign, type S3Rig, send } from "./rig.ts";

const ORIGIN = "https://app.example";

export function corsCases(rig: () => S3Rig) {
  const preflight = (headers: Record<string, string>, bucket = rig().bucket) =>
    send(`${rig().endpoint}/${bucket}/some/key.jpg`, {
      method: "OPTIONS",
      headers: { origin: ORIGIN, "access-control-request-method": "POST", ...headers },
    });

  it("tells a browser what the bucket's rule allows", async () => {
    const { status, headers } = await preflight({ "access-control-request-headers": "Content-Type" });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "300",
    });
    expect(headers["access-control-allow-methods"]).toMatch(/POST/);
  });

  it("lets a page send parts, and metadata of any name", async () => {
    const put = await preflight({ "access-control-request-method": "PUT" });
    expect([put.status, put.headers["access-control-allow-origin"]]).toEqual([200, ORIGIN]);
    const said = await preflight({ "access-control-request-headers": "content-type,x-amz-meta-name,x-amz-meta-by" });
    expect(said.headers["access-control-allow-headers"]).toMatch(/^content-type, ?x-amz-meta-name, ?x-amz-meta-by$/i);
  });

  it.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.example" }],
    ["an origin that only ends like it", { origin: "https://evil.app.example" }],
    ["another method", { "access-control-request-method": "DELETE" }],
    ["another header", { "access-control-request-headers": "content-type, x-amz-acl" }],
  ])("refuses a preflight of %s", async (_, headers) => {
    const answer = await preflight(headers);
    expect(answer).toMatchObject({ status: 403, code: "AccessForbidden" });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("refuses every preflight where the bucket has no rule", async () => {
    expect(await preflight({}, rig().other)).toMatchObject({ status: 403, code: "AccessForbidden" });
  });

  it("lets the page read the answer, a refusal too", async () => {
    const { url, fields } = await createPresignedPost(clientOf(rig()), {
      Bucket: rig().bucket,
      Key: freshKey(),
      Conditions: [["content-length-range", 0, 3]],
    });
    const post = async (file: string, origin: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append("file", new Blob([file]));
      const { status, headers } = await fetch(url, { method: "POST", body: form, headers: { origin } });
      return [status, headers.get("access-control-allow-origin"), headers.get("access-control-expose-headers")];
    };
    expect(await post("abc", ORIGIN)).toEqual([204, ORIGIN, "etag"]);
    expect(await post("abcd", ORIGIN)).toEqual([400, ORIGIN, "etag"]);
    expect(await post("abc", "https://evil.example")).toEqual([204, null, null]);
  });

  it("lets the page read the name of a part that it sent", async () => {
    const key = freshKey();
    const client = clientOf(rig());
    const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket: rig().bucket, Key: key }));
    const query = { partNumber: "1", uploadId: UploadId };
    const url = await presign(rig(), { method: "PUT", key, query });
    const { status, headers } = await send(url, { method: "PUT", headers: { origin: ORIGIN }, body: "part" });
    expect([status, headers["access-control-allow-origin"], headers["access-control-expose-headers"]]).toEqual([
      200,
      ORIGIN,
      "etag",
    ]);
    expect(headers["etag"]).toMatch(/^"[0-9a-f]{32}"$/);
  });
}
