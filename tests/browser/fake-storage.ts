import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { UploadStep } from "../../web/api.ts";
import { listen } from "./listen.ts";

export interface FakeStorage {
  readonly url: string;
  /** What came, such as `whole`, `create`, `part 1`, `list`, `complete`, `abort`. */
  readonly seen: string[];
  /** So many whole files are answered by status 500. */
  fail(count: number): void;
  /** From now on nothing but the first `parts` parts is answered, until `release`. */
  hold(parts: number): void;
  release(): void;
  sign(key: string, step: UploadStep): { readonly url: string; readonly headers?: Record<string, string> };
  close(): Promise<void>;
}

export interface FakeStorageDeps {
  readonly file: (key: string) => { readonly bytes: Buffer; readonly format: string } | undefined;
  readonly onStored: (key: string, bytes: Buffer) => void;
}

/** As much of S3 as a browser meets: forms, uploads in parts, CORS; and published pictures to read. */
export async function createFakeStorage({ file, onStored }: FakeStorageDeps): Promise<FakeStorage> {
  const seen: string[] = [];
  const parts = new Map<string, Map<number, Buffer>>();
  let failures = 0;
  let allowed = Number.POSITIVE_INFINITY;
  let waiting: (() => void)[] = [];

  const gate = async () => {
    if (allowed-- > 0) return;
    await new Promise<void>((resolve) => waiting.push(resolve));
  };

  const server = await listen(async (request, response) => {
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    response.setHeader("access-control-expose-headers", "ETag, x-amz-error-code");
    if (request.method === "OPTIONS")
      return response
        .writeHead(204, { "access-control-allow-headers": "*", "access-control-allow-methods": "GET,POST,PUT,DELETE" })
        .end();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const key = decodeURIComponent(pathname.slice(1));
    if (searchParams.has("uploads") || searchParams.has("uploadId"))
      return inParts(request, response, key, searchParams);
    if (request.method === "POST") return whole(request, response);
    const found = file(key);
    return found
      ? response.writeHead(200, { "content-type": `image/${found.format}` }).end(found.bytes)
      : response.writeHead(404).end();
  });

  async function whole(request: IncomingMessage, response: ServerResponse) {
    seen.push("whole");
    const form = await formOf(request);
    await gate();
    if (response.destroyed) return;
    const sent = form.get("file");
    if (failures > 0) {
      failures--;
      return refuse(response, 500, "InternalError");
    }
    if (!(sent instanceof Blob)) return refuse(response, 403, "AccessDenied");
    onStored(String(form.get("key")), Buffer.from(await sent.arrayBuffer()));
    response.writeHead(204).end();
  }

  async function inParts(request: IncomingMessage, response: ServerResponse, key: string, query: URLSearchParams) {
    const uploadId = query.get("uploadId");
    const bytes = await buffer(request);
    if (uploadId === null) {
      seen.push("create");
      const id = randomUUID();
      parts.set(id, new Map());
      return xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    const kept = parts.get(uploadId);
    if (kept === undefined) return refuse(response, 404, "NoSuchUpload");
    const number = Number(query.get("partNumber"));
    if (request.method === "PUT") {
      await gate();
      if (response.destroyed) return;
      seen.push(`part ${number}`);
      kept.set(number, bytes);
      return response.writeHead(200, { etag: `"${number}"` }).end();
    }
    if (request.method === "GET") {
      seen.push("list");
      const list = [...kept.keys()].map(
        (each) => `<Part><PartNumber>${each}</PartNumber><ETag>"${each}"</ETag></Part>`,
      );
      return xml(response, `<ListPartsResult>${list.join("")}</ListPartsResult>`);
    }
    parts.delete(uploadId);
    seen.push(request.method === "POST" ? "complete" : "abort");
    if (request.method === "DELETE") return response.writeHead(204).end();
    onStored(key, Buffer.concat([...kept].sort(([a], [b]) => a - b).map(([, each]) => each)));
    const told = `<Location>${server.url}/${key}</Location><Key>${key}</Key><ETag>"all"</ETag>`;
    xml(response, `<CompleteMultipartUploadResult>${told}</CompleteMultipartUploadResult>`);
  }

  return {
    url: server.url,
    seen,
    fail(count) {
      failures = count;
    },
    hold(count) {
      allowed = count;
    },
    release() {
      allowed = Number.POSITIVE_INFINITY;
      for (const go of waiting) go();
      waiting = [];
    },
    sign(key, step) {
      const at = `${server.url}/${key}`;
      if (step.step === "create") return { url: `${at}?uploads`, headers: { "x-amz-meta-name": "any" } };
      return { url: `${at}?uploadId=${step.uploadId}${step.step === "part" ? `&partNumber=${step.part}` : ""}` };
    },
    close: server.close,
  };
}

const xml = (response: ServerResponse, text: string) =>
  response.writeHead(200, { "content-type": "application/xml" }).end(`<?xml version="1.0"?>${text}`);

const refuse = (response: ServerResponse, status: number, code: string) =>
  response.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code></Error>`);

async function formOf(request: IncomingMessage): Promise<FormData> {
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  return new Response(new Uint8Array(await buffer(request)), { headers }).formData();
}
