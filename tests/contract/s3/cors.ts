import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { expect, it } from "vitest";
import { clientOf, freshKey, type S3Rig, send } from "./rig.ts";

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

  it.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.example" }],
    ["an origin that only ends like it", { origin: "https://evil.app.example" }],
    ["another method", { "access-control-request-method": "DELETE" }],
    ["another header", { "access-control-request-headers": "content-type, x-amz-meta-a" }],
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
}
