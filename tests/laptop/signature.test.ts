import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { authenticate, SignatureError, type SignedRequest } from "../../local/aws/signature.ts";
import type { Identity } from "../../local/aws/types.ts";

// The worked examples of AWS's own documentation: keys, requests and signatures are published there.
const s3User = identity("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
const iamUser = identity("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
const identityOf = (id: string) => [s3User, iamUser].find(({ accessKeyId }) => accessKeyId === id);
const EMPTY = createHash("sha256").digest("hex");
const day = new Date("2013-05-24T00:00:00Z");

const ranged: SignedRequest = {
  method: "GET",
  rawPath: "/test.txt",
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    range: "bytes=0-9",
    "x-amz-content-sha256": EMPTY,
    "x-amz-date": "20130524T000000Z",
    authorization: authorization(
      "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
      "host;range;x-amz-content-sha256;x-amz-date",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
  },
};
const presigned: SignedRequest = {
  method: "GET",
  rawPath:
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  headers: { host: "examplebucket.s3.amazonaws.com" },
};
const listUsers: SignedRequest = {
  method: "GET",
  rawPath: "/?Action=ListUsers&Version=2010-05-08",
  headers: {
    host: "iam.amazonaws.com",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "x-amz-date": "20150830T123600Z",
    authorization: authorization(
      "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request",
      "content-type;host;x-amz-date",
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ),
  },
};

describe("authenticate", () => {
  it("knows the signers of AWS's published examples", () => {
    expect(authenticate(ranged, identityOf, day)).toBe(s3User);
    expect(authenticate(presigned, identityOf, day)).toBe(s3User);
    expect(authenticate(listUsers, identityOf, new Date("2015-08-30T12:36:00Z"))).toBe(iamUser);
  });

  it("takes the hash of the body where no header says it", async () => {
    const body = JSON.stringify({ TableName: "catalog" });
    const request = await signed("dynamodb", body);
    const bodySha256 = createHash("sha256").update(body).digest("hex");
    expect(authenticate({ ...request, bodySha256 }, identityOf)).toBe(iamUser);
    const other = createHash("sha256").update("other").digest("hex");
    expectRefusal({ ...request, bodySha256: other }, "SignatureDoesNotMatch");
  });

  it("does not believe a header that says another hash than the body has", async () => {
    const request = await signed("dynamodb", "{}", {
      "x-amz-content-sha256": createHash("sha256").update("{}").digest("hex"),
    });
    expectRefusal({ ...request, bodySha256: EMPTY }, "SignatureDoesNotMatch");
  });

  it.each<[string, SignedRequest]>([
    ["method", { ...ranged, method: "PUT" }],
    ["path", { ...ranged, rawPath: "/test.tx" }],
    ["query", { ...ranged, rawPath: "/test.txt?tagging" }],
    ["signed header", { ...ranged, headers: { ...ranged.headers, range: "bytes=0-99" } }],
    ["payload hash", { ...ranged, headers: { ...ranged.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }],
    ["expiry", { ...presigned, rawPath: presigned.rawPath.replace("86400", "86401") }],
    ["Region", { ...presigned, rawPath: presigned.rawPath.replace("us-east-1", "us-east-2") }],
  ])("refuses a request whose %s was changed", (_, request) => {
    expectRefusal(request, "SignatureDoesNotMatch", day);
  });

  it("holds a signed request to fifteen minutes, a presigned one to its own time", () => {
    const later = (seconds: number) => new Date(day.getTime() + seconds * 1000);
    expect(authenticate(ranged, identityOf, later(900))).toBe(s3User);
    expectRefusal(ranged, "RequestTimeTooSkewed", later(901));
    expectRefusal(ranged, "RequestTimeTooSkewed", later(-901));
    expect(authenticate(presigned, identityOf, later(86_400))).toBe(s3User);
    expectRefusal(presigned, "RequestExpired", later(86_401));
    expectRefusal(presigned, "RequestExpired", later(-901));
  });

  it("tells missing, unknown and unreadable credentials apart", () => {
    const { authorization: credential, ...headers } = ranged.headers;
    expectRefusal({ ...ranged, headers }, "MissingAuthenticationToken", day);
    expectRefusal(
      { ...ranged, headers: { ...headers, authorization: credential?.replace("AKIA", "AKIB") } },
      "InvalidAccessKeyId",
      day,
    );
    for (const broken of [
      "Bearer abc",
      "AWS4-HMAC-SHA256",
      credential?.replace("20130524", "20130525"),
      credential?.replace("host;", ""),
    ]) {
      expectRefusal({ ...ranged, headers: { ...headers, authorization: broken } }, "IncompleteSignature", day);
    }
    const damages = {
      "Expires=86400": ["Expires=604801", "Expires=-1", "Expires=86400&a=%ff"],
      "HMAC-SHA256": ["HMAC-SHA1"],
    };
    for (const [whole, broken] of Object.entries(damages).flatMap(([whole, list]) =>
      list.map((broken) => [whole, broken] as const),
    )) {
      expectRefusal({ ...presigned, rawPath: presigned.rawPath.replace(whole, broken) }, "IncompleteSignature", day);
    }
  });

  it("refuses x-amz headers that S3's caller did not sign", () => {
    expectRefusal(
      { ...presigned, headers: { ...presigned.headers, "x-amz-acl": "public-read" } },
      "HeadersNotSigned",
      day,
    );
  });
});

function expectRefusal(request: SignedRequest, code: string, now?: Date) {
  let thrown: unknown;
  try {
    authenticate(request, identityOf, now);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SignatureError);
  expect(thrown).toMatchObject({ code });
}

async function signed(service: string, body: string, more: Record<string, string> = {}): Promise<SignedRequest> {
  const { accessKeyId, secretAccessKey } = iamUser;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region: "eu-west-1",
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = {
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    path: "/aws/a b/",
    headers: { host: "127.0.0.1", ...more },
    body,
  };
  const { headers } = await signer.sign(request);
  return { method: "POST", rawPath: "/aws/a b/", headers };
}

function authorization(credential: string, headers: string, signature: string) {
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${headers}, Signature=${signature}`;
}

function identity(accessKeyId: string, secretAccessKey: string): Identity {
  return { accessKeyId, secretAccessKey, arn: `arn:aws:iam::111122223333:user/${accessKeyId}`, policies: [] };
}
