import { text } from "node:stream/consumers";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { Authorize, Identity, PolicyDocument } from "../../local/aws/types.ts";
import { clientOf, presign, refusal, send } from "../contract/s3/rig.ts";
import { type Laptop, laptop } from "../s3-rig.ts";

describe("permissions of the laptop's S3", () => {
  const a = { Bucket: "incoming", Key: "a" };
  const object = "arn:aws:s3:::incoming/a";
  const put = (host: Laptop, more = {}) => clientOf(host).send(new PutObjectCommand({ ...a, Body: "bytes", ...more }));
  /** Allows everything but these actions. */
  const without =
    (...actions: string[]): Authorize =>
    (identity, { action }) =>
      actions.includes(action) ? { allowed: false, because: `${identity.arn} may not ${action}` } : { allowed: true };

  it.each<[string, (s3: S3Client) => Promise<unknown>, [string, string][]]>([
    ["PutObject", (s3) => s3.send(new PutObjectCommand({ ...a, Body: "x" })), [["s3:PutObject", object]]],
    [
      "PutObject with tags",
      (s3) => s3.send(new PutObjectCommand({ ...a, Body: "x", Tagging: "k=v" })),
      [
        ["s3:PutObject", object],
        ["s3:PutObjectTagging", object],
      ],
    ],
    [
      "PutObject over what is there",
      (s3) => s3.send(new PutObjectCommand({ ...a, Body: "x", IfMatch: "*" })),
      [
        ["s3:PutObject", object],
        ["s3:GetObject", object],
      ],
    ],
    ["GetObject", (s3) => s3.send(new GetObjectCommand(a)), [["s3:GetObject", object]]],
    [
      "GetObject of a version",
      (s3) => s3.send(new GetObjectCommand({ ...a, VersionId: "null" })),
      [["s3:GetObjectVersion", object]],
    ],
    ["HeadObject", (s3) => s3.send(new HeadObjectCommand(a)), [["s3:GetObject", object]]],
    [
      "HeadBucket",
      (s3) => s3.send(new HeadBucketCommand({ Bucket: "incoming" })),
      [["s3:ListBucket", "arn:aws:s3:::incoming"]],
    ],
    [
      "ListObjectsV2",
      (s3) => s3.send(new ListObjectsV2Command({ Bucket: "incoming" })),
      [["s3:ListBucket", "arn:aws:s3:::incoming"]],
    ],
    [
      "ListObjectVersions",
      (s3) => s3.send(new ListObjectVersionsCommand({ Bucket: "incoming" })),
      [["s3:ListBucketVersions", "arn:aws:s3:::incoming"]],
    ],
    ["DeleteObject", (s3) => s3.send(new DeleteObjectCommand(a)), [["s3:DeleteObject", object]]],
    [
      "DeleteObject of a version",
      (s3) => s3.send(new DeleteObjectCommand({ ...a, VersionId: "v" })),
      [["s3:DeleteObjectVersion", object]],
    ],
    [
      "DeleteObjects",
      (s3) =>
        s3.send(new DeleteObjectsCommand({ Bucket: "incoming", Delete: { Objects: [{ Key: "a" }, { Key: "b" }] } })),
      [
        ["s3:DeleteObject", object],
        ["s3:DeleteObject", "arn:aws:s3:::incoming/b"],
      ],
    ],
    ["GetObjectTagging", (s3) => s3.send(new GetObjectTaggingCommand(a)), [["s3:GetObjectTagging", object]]],
    ["CreateMultipartUpload", (s3) => s3.send(new CreateMultipartUploadCommand(a)), [["s3:PutObject", object]]],
    [
      "CopyObject",
      (s3) => s3.send(new CopyObjectCommand({ Bucket: "working", Key: "b", CopySource: "incoming/a" })),
      [
        ["s3:GetObject", object],
        ["s3:PutObject", "arn:aws:s3:::working/b"],
      ],
    ],
    [
      "a missing object",
      (s3) => s3.send(new GetObjectCommand({ ...a, Key: "none" })),
      [
        ["s3:GetObject", "arn:aws:s3:::incoming/none"],
        ["s3:ListBucket", "arn:aws:s3:::incoming"],
      ],
    ],
  ])("%s asks for the actions that S3 asks for", async (_, ask, expected) => {
    const host = await laptop();
    await put(host);
    host.calls.length = 0;
    await ask(clientOf(host)).catch((error) => expect(error.name).toBe("NoSuchKey"));
    expect(host.calls.map(({ action, resource }) => [action, resource])).toEqual(expected);
  });

  it("multipart uploads and tags ask for the actions that S3 asks for", async () => {
    const host = await laptop();
    const { UploadId } = await clientOf(host).send(new CreateMultipartUploadCommand(a));
    const { ETag } = await clientOf(host).send(new UploadPartCommand({ ...a, UploadId, PartNumber: 1, Body: "x" }));
    await clientOf(host).send(new ListPartsCommand({ ...a, UploadId }));
    await clientOf(host).send(
      new CompleteMultipartUploadCommand({ ...a, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }),
    );
    const other = await clientOf(host).send(new CreateMultipartUploadCommand(a));
    await clientOf(host).send(new AbortMultipartUploadCommand({ ...a, UploadId: other.UploadId }));
    await clientOf(host).send(new PutObjectTaggingCommand({ ...a, Tagging: { TagSet: [{ Key: "k", Value: "v" }] } }));
    await clientOf(host).send(new CopyObjectCommand({ Bucket: "working", Key: "b", CopySource: "incoming/a" }));
    expect([...new Set(host.calls.map(({ action }) => action))]).toEqual([
      "s3:PutObject",
      "s3:ListMultipartUploadParts",
      "s3:AbortMultipartUpload",
      "s3:PutObjectTagging",
      "s3:GetObject",
      "s3:GetObjectTagging",
    ]);
  });

  it("answers a refusal with the reason, and does nothing", async () => {
    const host = await laptop({ authorize: without("s3:PutObject") });
    await expect(put(host)).rejects.toMatchObject({
      ...refusal("AccessDenied", 403),
      message: "arn:aws:iam::111122223333:user/operator may not s3:PutObject",
    });
    await expect(clientOf(host).send(new GetObjectCommand(a))).rejects.toMatchObject(refusal("NoSuchKey", 404));
    expect(host.events).toEqual([]);
  });

  it("does not tell those who may not list whether an object is there", async () => {
    const host = await laptop({ authorize: without("s3:ListBucket") });
    await put(host);
    await expect(clientOf(host).send(new GetObjectCommand({ ...a, Key: "none" }))).rejects.toMatchObject(
      refusal("AccessDenied", 403),
    );
    await expect(clientOf(host).send(new HeadObjectCommand({ ...a, Key: "none" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    expect(await (await clientOf(host).send(new GetObjectCommand(a))).Body?.transformToString()).toBe("bytes");
  });

  it("refuses single objects of a request to delete many", async () => {
    const authorize: Authorize = (_, { resource }) =>
      resource.endsWith("/kept") ? { allowed: false, because: "kept" } : { allowed: true };
    const host = await laptop({ authorize });
    await put(host);
    const Delete = { Objects: [{ Key: "a" }, { Key: "kept" }] };
    const { Deleted, Errors } = await clientOf(host).send(new DeleteObjectsCommand({ Bucket: "incoming", Delete }));
    expect([Deleted, Errors]).toMatchObject([[{ Key: "a" }], [{ Key: "kept", Code: "AccessDenied", Message: "kept" }]]);
  });

  it("holds the signer of a URL or a form to the signer's own permissions", async () => {
    const host = await laptop({ authorize: without("s3:PutObject") });
    const put = await send(await presign(host, { key: "a", method: "PUT" }), { method: "PUT", body: "x" });
    expect(put).toMatchObject({ status: 403, code: "AccessDenied" });
    const { url, fields } = await createPresignedPost(clientOf(host), a);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new Blob(["x"]));
    const posted = await fetch(url, { method: "POST", body: form });
    expect([posted.status, await posted.text()]).toEqual([403, expect.stringContaining("may not s3:PutObject")]);
    expect(host.calls.map(({ context }) => context?.["s3:authType"])).toEqual(["REST-QUERY-STRING", "POST"]);
  });

  it("tells policies what conditions may ask about", async () => {
    const host = await laptop();
    await put(host, { StorageClass: "DEEP_ARCHIVE", ServerSideEncryption: "AES256", IfNoneMatch: "*" });
    await clientOf(host).send(
      new ListObjectsV2Command({ Bucket: "incoming", Prefix: "p/", Delimiter: "/", MaxKeys: 7 }),
    );
    expect(host.calls.map(({ context }) => context)).toMatchObject([
      {
        "aws:SecureTransport": "true",
        "s3:x-amz-storage-class": "DEEP_ARCHIVE",
        "s3:x-amz-server-side-encryption": "AES256",
        "s3:if-none-match": "*",
      },
      { "aws:SecureTransport": "true", "s3:prefix": "p/", "s3:delimiter": "/", "s3:max-keys": "7" },
    ]);
  });

  it("lets the distribution of the bucket's policy read in process, and no other", async () => {
    const distribution = "arn:aws:cloudfront::111122223333:distribution/E1";
    const policy: PolicyDocument = {
      Statement: {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::incoming/*",
        Condition: { StringEquals: { "AWS:SourceArn": distribution } },
      },
    };
    const decide = createAuthorizer();
    const cloudfront: Identity = {
      arn: "cloudfront.amazonaws.com",
      accessKeyId: "",
      secretAccessKey: "",
      policies: [],
    };
    const host = await laptop({
      buckets: [{ name: "incoming", arn: "arn:aws:s3:::incoming", policy }],
      authorize: (identity, call) => (identity === cloudfront ? decide(identity, call) : { allowed: true }),
    });
    await put(host, { ContentType: "image/webp" });
    const read = (key: string, arn: string) => host.s3.read("incoming", key, cloudfront, { "AWS:SourceArn": arn });
    const found = await read("a", distribution);
    if (!found || "denied" in found) throw new Error("expected the object");
    expect([await text(found.stream), found.meta.headers["content-type"]]).toEqual(["bytes", "image/webp"]);
    expect(await read("a", `${distribution}X`)).toEqual({ denied: expect.stringContaining("s3:GetObject") });
    expect(await read("none", distribution)).toEqual({ denied: expect.stringContaining("s3:ListBucket") });
    expect(await host.s3.read("nobody", "a", cloudfront)).toBeUndefined();
  });
});
