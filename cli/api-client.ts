import { openAsBlob } from "node:fs";
import { Sha256 } from "@aws-crypto/sha256-js";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Picture, Reason, Status } from "../handlers/record.ts";
import { CliError } from "./output.ts";

export type Upload =
  | { readonly pictureId: string; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly error: Reason };

export interface ApiClient {
  uploads(files: readonly { name: string; type: string; bytes: number }[]): Promise<readonly Upload[]>;
  pictures(ids: readonly string[]): Promise<readonly Picture[]>;
  status(): Promise<Readonly<Partial<Record<Status, number>>>>;
  review(pictureId: string, verdict: "accept" | "reject", reason: string): Promise<Picture>;
}

/** Talks to a stack's API: a laptop's as it is, a function URL signed with the caller's AWS credentials. */
export function apiClient(base: string): ApiClient {
  const root = baseUrl(base);
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const url = new URL(`/api${path}`, root);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(url, {
      method,
      body: text,
      headers: await headersFor(method, url, text),
      signal: AbortSignal.timeout(30_000),
    }).catch((cause) => {
      throw new CliError(
        "HOST_UNREACHABLE",
        `Expected a Darkroom at ${root.origin}, but it does not answer. Start one with "npm start", or check the address.`,
        { cause },
      );
    });
    const answer = await response.text();
    if (response.ok) return JSON.parse(answer) as T;
    throw new CliError(
      "HOST_REFUSED",
      `${method} ${url.pathname} was answered ${response.status}: ${detailOf(answer)}`,
    );
  }
  return {
    async uploads(files) {
      return (await call<{ uploads: Upload[] }>("POST", "/uploads", { files })).uploads;
    },
    async pictures(ids) {
      return ids.length === 0
        ? []
        : (await call<{ pictures: Picture[] }>("GET", `/pictures?ids=${ids.join(",")}`)).pictures;
    },
    async status() {
      return (await call<{ counts: Partial<Record<Status, number>> }>("GET", "/status")).counts;
    },
    review: (pictureId, verdict, reason) =>
      call("POST", `/pictures/${encodeURIComponent(pictureId)}/review`, { verdict, reason }),
  };
}

/** Sends a file by its signed form, streamed from disk. Answers why it was refused, if it was. */
export async function sendFile(
  path: string,
  { url, fields }: { readonly url: string; readonly fields: Readonly<Record<string, string>> },
): Promise<Reason | undefined> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", await openAsBlob(path));
  const response = await fetch(url, { method: "POST", body: form });
  const answer = await response.text();
  if (response.ok) return undefined;
  const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "UPLOAD_REFUSED";
  return {
    code,
    sentence: /<Message>([^<]*)<\/Message>/.exec(answer)?.[1] ?? `The upload was answered ${response.status}.`,
  };
}

function baseUrl(base: string): URL {
  try {
    return new URL(base);
  } catch (cause) {
    throw new CliError(
      "BAD_ADDRESS",
      `Expected an address such as http://127.0.0.1:4000, received ${JSON.stringify(base)}.`,
      { cause },
    );
  }
}

const functionUrl = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;

async function headersFor(method: string, url: URL, body?: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    host: url.host,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const region = functionUrl.exec(url.hostname)?.[1];
  if (region !== undefined) {
    const signer = new SignatureV4({ service: "lambda", region, credentials: defaultProvider(), sha256: Sha256 });
    const { hostname, protocol, pathname: path, searchParams } = url;
    const signed = await signer.sign({
      method,
      hostname,
      protocol,
      path,
      query: Object.fromEntries(searchParams),
      headers,
      body,
    });
    Object.assign(headers, signed.headers);
  }
  delete headers["host"];
  return headers;
}

function detailOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { detail?: string }).detail ?? answer.slice(0, 200);
  } catch {
    return answer.slice(0, 200);
  }
}
