import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { s3Source } from "../../providers/sources/s3.ts";
import { type Fake, fakeServer } from "../contract/moderator-fakes.ts";
import { noise, readAll, refusal } from "../contract/source/rig.ts";
import { credentials } from "../s3-rig.ts";
import { errorOf } from "./s3-rig.ts";

/** What S3 answers that the laptop's never does. */

let fake: Fake;
afterEach(() => fake.close());

async function source(answer: (response: ServerResponse) => void, more = {}) {
  fake = await fakeServer((_, response) => answer(response));
  return s3Source({
    name: "raw",
    bucket: "photos",
    region: "eu-west-1",
    endpoint: fake.url,
    forcePathStyle: true,
    client: { credentials, maxAttempts: 1 },
    patience: { wait: async () => {}, retries: 1 },
    writeBack: "web",
    ...more,
  });
}

const says =
  (status: number, code: string, { headers = {}, more = "" } = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { "content-type": "application/xml", ...headers }).end(errorOf(code, more));

const bytes = noise(1000);
const md5 = createHash("md5").update(bytes).digest("hex");
const file = { id: "a.jpg", version: "1", path: "a.jpg", size: 1000 };

describe("s3 source: what S3's answers mean", () => {
  it.each([
    [
      301,
      "PermanentRedirect",
      { headers: { "x-amz-bucket-region": "us-west-2" } },
      /CONFIG: the bucket is in us-west-2/,
    ],
    [400, "AuthorizationHeaderMalformed", { more: "<Region>us-west-2</Region>" }, /CONFIG: the bucket is in us-west-2/],
    [404, "NoSuchBucket", {}, /CONFIG: expected a bucket called photos, but there is none/],
    [403, "AccessDenied", {}, /FORBIDDEN: expected the permission s3:ListBucket on arn:aws:s3:::photos/],
    [403, "SignatureDoesNotMatch", {}, /AUTH: S3 does not accept the credentials .*SignatureDoesNotMatch/],
    [400, "ExpiredToken", {}, /AUTH: /],
    [403, "RequestTimeTooSkewed", {}, /CONFIG: this machine's clock is wrong/],
    [503, "SlowDown", { headers: { "retry-after": "3" } }, /RATE_LIMITED: /],
    [429, "TooManyRequests", {}, /RATE_LIMITED: /],
    [400, "InvalidArgument", {}, /CONFIG: expected S3 to answer s3:ListBucket .*received 400 InvalidArgument/],
    [500, "InternalError", {}, /UNAVAILABLE: /],
  ])("%i %s, asked to list", async (status, code, more, message) => {
    const error = await refusal((await source(says(status, code, more))).changes());
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(credentials.secretAccessKey);
    expect(error.retryAfterMs).toBe(code === "SlowDown" ? 3000 : undefined);
    expect(error.cause).toBeDefined();
  });

  it.each([
    [412, "PreconditionFailed", "CHANGED"],
    [404, "NoSuchKey", "NOT_FOUND"],
    [403, "InvalidObjectState", "ARCHIVED"],
    [403, "AccessDenied", "FORBIDDEN"],
    [500, "InternalError", "UNAVAILABLE"],
  ])("%i %s, asked for an object: %s", async (status, code, expected) => {
    expect((await refusal(readAll(await source(says(status, code)), file))).code).toBe(expected);
  });

  it.each([
    [412, "PreconditionFailed", "CONFLICT"],
    [409, "ConditionalRequestConflict", "UNAVAILABLE"],
    [403, "AccessDenied", "FORBIDDEN"],
  ])("%i %s, asked to write: %s", async (status, code, expected) => {
    const { write } = await source(says(status, code));
    expect((await refusal(write!("b.jpg", bytes, { contentType: "image/jpeg" }))).code).toBe(expected);
  });

  it("is UNAVAILABLE when nobody answers, or something else than S3 does", async () => {
    for (const page of ["<html>Welcome to this hotel", "<html>Welcome to this hotel</html>", ""]) {
      const hotel = await source((response) => void response.writeHead(200).end(page));
      expect((await refusal(hotel.changes())).code, page).toBe("UNAVAILABLE");
      await fake.close();
    }
    const nobody = await source((response) => void response.destroy());
    expect((await refusal(nobody.changes())).code).toBe("UNAVAILABLE");
    expect((await refusal(readAll(nobody, file))).code).toBe("UNAVAILABLE");
  });

  it("is AUTH when no credentials are to be found", async () => {
    const lost = async () => {
      throw Object.assign(new Error("none in the chain"), { name: "CredentialsProviderError" });
    };
    const one = await source(says(200, ""), { client: { credentials: lost, maxAttempts: 1 } });
    expect((await refusal(one.changes())).code).toBe("AUTH");
  });
});

describe("s3 source: digests", () => {
  const object = (headers: Record<string, string>) => (response: ServerResponse) =>
    void response.writeHead(200, { "content-length": "1000", ...headers }).end(bytes);

  it.each([
    ["is the MD5 of the bytes", { etag: `"${md5}"` }, undefined],
    ["should be, and is not", { etag: `"${md5.replace(/./g, "0")}"` }, "INTEGRITY"],
    [
      "is none, as the key is in KMS",
      { etag: `"${"0".repeat(32)}"`, "x-amz-server-side-encryption": "aws:kms" },
      undefined,
    ],
    [
      "is none, as it is encrypted twice",
      { etag: `"${"0".repeat(32)}"`, "x-amz-server-side-encryption": "aws:kms:dsse" },
      undefined,
    ],
    [
      "is none, as the key is the caller's",
      { etag: `"${"0".repeat(32)}"`, "x-amz-server-side-encryption-customer-algorithm": "AES256" },
      undefined,
    ],
    ["is none, as it came in parts", { etag: `"${"0".repeat(32)}-7"` }, undefined],
  ])("compares an ETag that %s", async (_, headers, refused) => {
    const one = await source(object(headers));
    if (refused) expect((await refusal(readAll(one, file))).code).toBe(refused);
    else expect((await readAll(one, file)).equals(bytes)).toBe(true);
  });
});

describe("s3 source: what it asks", () => {
  const listing =
    (entry = "") =>
    (response: ServerResponse) =>
      void response
        .writeHead(200, { "content-type": "application/xml" })
        .end(`<ListBucketResult><IsTruncated>false</IsTruncated>${entry}</ListBucketResult>`);

  it("names the owner it expects and who pays, each time", async () => {
    const one = await source(listing(), { expectedBucketOwner: "111122223333", requesterPays: true });
    await one.changes();
    await one.write!("b.jpg", bytes, { contentType: "image/jpeg" });
    expect(fake.posted).toHaveLength(2);
    for (const { headers } of fake.posted)
      expect(headers).toMatchObject({
        "x-amz-expected-bucket-owner": "111122223333",
        "x-amz-request-payer": "requester",
      });
    expect(fake.posted[1]?.headers).toMatchObject({ "if-none-match": "*", "content-type": "image/jpeg" });
  });

  it("takes an archived object that was restored", async () => {
    const entry = (restored: string) =>
      `<Contents><Key>a.jpg</Key><Size>1000</Size><ETag>"1"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified>
       <StorageClass>GLACIER</StorageClass>${restored}</Contents>`;
    const status = (expiry: string) =>
      `<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress>${expiry}</RestoreStatus>`;
    const until = "<RestoreExpiryDate>2026-02-01T00:00:00.000Z</RestoreExpiryDate>";
    for (const [restored, kind] of [
      ["", "skip"],
      [status(""), "skip"],
      [status(until), "upsert"],
    ] as const) {
      const { changes } = await (await source(listing(entry(restored)))).changes();
      expect(changes).toMatchObject([{ kind }]);
      expect(fake.posted[0]?.headers["x-amz-optional-object-attributes"]).toBe("RestoreStatus");
      if (kind === "skip") await fake.close();
    }
  });
});
