import { request } from "node:http";
import { request as requestTls } from "node:https";
import { Sha256 } from "@aws-crypto/sha256-js";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";

/** What a run of the contract is given. The buckets are its own, and empty. */
export interface S3Rig {
  /** As an S3Client takes it. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Lets `https://app.example` POST, GET and PUT, with `content-type` and metadata as headers, for 300 seconds, exposing `etag`. */
  readonly bucket: string;
  /** Knows no CORS. */
  readonly other: string;
  close(): Promise<void>;
}

export const clientOf = (rig: S3Rig, config: S3ClientConfig = {}) =>
  new S3Client({
    endpoint: rig.endpoint,
    region: rig.region,
    credentials: rig.credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });

/** A key no other case uses. */
export const freshKey = (name = "picture.jpg") => `cases/${(counter++).toString().padStart(4, "0")}/${name}`;
let counter = 0;

export interface Presigning {
  readonly method?: string;
  readonly bucket?: string;
  readonly key: string;
  readonly query?: Record<string, string>;
  /** Seconds. */
  readonly expiresIn?: number;
  readonly signedAt?: Date;
  readonly secretAccessKey?: string;
}

/** A presigned URL, as @aws-sdk/s3-request-presigner makes it. */
export async function presign(
  rig: S3Rig,
  { method = "GET", bucket = rig.bucket, key, query = {}, expiresIn = 60, signedAt, secretAccessKey }: Presigning,
): Promise<string> {
  const plain = target(rig, method, bucket, key);
  const hash = query["X-Amz-Content-Sha256"] ?? "UNSIGNED-PAYLOAD";
  // The header is hoisted into the query, like all of its kind.
  const toSign = { ...plain, query, headers: { ...plain.headers, "x-amz-content-sha256": hash } };
  const signed = await signer(rig, secretAccessKey).presign(toSign, { expiresIn, signingDate: signedAt });
  const search = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `${rig.endpoint}/${bucket}/${escaped(key)}?${search.join("&")}`;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** S3's error code, where the body is an error. */
  readonly code: string | undefined;
}

/** Sends exactly these bytes, signed with exactly these headers. */
export async function sendSigned(
  rig: S3Rig,
  {
    method = "PUT",
    key,
    headers,
    body,
  }: { method?: string; key: string; headers: Record<string, string>; body: Buffer | string },
): Promise<Answer> {
  const plain = target(rig, method, rig.bucket, key);
  const signed = await signer(rig).sign({ ...plain, headers: { ...plain.headers, ...headers } });
  return send(`${rig.endpoint}/${rig.bucket}/${escaped(key)}`, { method, headers: signed.headers, body });
}

/** Unlike fetch it leaves path and headers alone. */
export function send(
  url: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: Buffer | string } = {},
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(url);
  const path = url.slice(new URL(url).origin.length);
  return new Promise((resolve, reject) => {
    const length =
      body.length > 0 && headers["content-length"] === undefined
        ? { "content-length": String(Buffer.byteLength(body)) }
        : {};
    const start = protocol === "https:" ? requestTls : request;
    const outgoing = start(
      { hostname, port, path, method, headers: { ...length, ...headers }, agent: false },
      async (response) => {
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece);
        const text = Buffer.concat(pieces).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, code: codeOf(text) });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What an SDK error looks like. */
export const refusal = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });

export const codeOf = (body: string) => /<Error>.*?<Code>(\w+)<\/Code>/s.exec(body)?.[1];

const signer = ({ credentials, region }: S3Rig, secretAccessKey = credentials.secretAccessKey) =>
  new SignatureV4({
    credentials: { ...credentials, secretAccessKey },
    region,
    service: "s3",
    sha256: Sha256,
    uriEscapePath: false,
  });

function target({ endpoint }: S3Rig, method: string, bucket: string, key: string) {
  const { protocol, hostname, port, host, pathname } = new URL(endpoint);
  const path = `${pathname.replace(/\/$/, "")}/${bucket}/${escaped(key)}`;
  return { method, protocol, hostname, port: Number(port) || undefined, path, headers: { host }, query: {} };
}

const escaped = (key: string) =>
  key
    .split("/")
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join("/");
