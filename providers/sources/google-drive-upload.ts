import { setTimeout as delay } from "node:timers/promises";
import type { DriveClient } from "./google-drive-client.ts";
import type { DriveFile } from "./google-drive-tree.ts";
import { unanswered } from "./ranged.ts";
import { SourceError } from "./types.ts";

export interface Upload {
  readonly name: string;
  /** Id of the folder. */
  readonly parent: string;
  readonly body: Buffer;
  readonly contentType: string;
}

/**
 * Drive's resumable upload, by hand because the SDK sends everything in one request. Nothing shows
 * before the last chunk; after a broken connection Drive is asked how far it got.
 * @throws SourceError
 */
export async function uploadFile(client: DriveClient, { name, parent, body, contentType }: Upload): Promise<DriveFile> {
  const doing = `writing ${name}`;
  const session = await begin();
  let at = 0;
  let failures = 0;
  let broken = false;
  for (;;) {
    try {
      // Without content this asks how much has arrived.
      const response = await put(at, broken ? 0 : chunkBytes);
      if (response.ok) return await fileOf(response);
      if (response.status !== 308) throw await client.refusal(response, doing);
      await response.body?.cancel();
      const received = receivedOf(response);
      if (received > at) failures = 0;
      at = received;
      broken = false;
    } catch (error) {
      if (!(error instanceof SourceError) || error.code !== "UNAVAILABLE" || ++failures > 2) throw error;
      broken = true;
      await delay(200 * 2 ** failures);
    }
  }

  /** It is there, but which one is only known once the whole answer is. */
  async function fileOf(response: Response): Promise<DriveFile> {
    try {
      return (await response.json()) as DriveFile;
    } catch (error) {
      throw unanswered(client.source, "Drive", error);
    }
  }
  async function begin(): Promise<string> {
    const response = await client.send(sessionsUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=UTF-8",
        "x-upload-content-type": contentType,
        "x-upload-content-length": String(body.length),
      },
      body: JSON.stringify({ name, parents: [parent], mimeType: contentType }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw await client.refusal(response, doing);
    await response.body?.cancel();
    const location = response.headers.get("location");
    // It is sent the token, so it has to be Google's.
    if (location !== null && URL.canParse(location) && new URL(location).origin === origin) return location;
    throw new SourceError(
      client.source,
      "UNAVAILABLE",
      `expected the address of an upload for ${doing}, received none`,
    );
  }
  function put(from: number, length: number) {
    const part = body.subarray(from, from + length);
    const range = part.length === 0 ? "*" : `${from}-${from + part.length - 1}`;
    return client.send(session, {
      method: "PUT",
      headers: { "content-range": `bytes ${range}/${body.length}` },
      body: new Uint8Array(part),
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

/** `bytes=0-n`; none when nothing has arrived. */
function receivedOf({ headers }: Response): number {
  const [, last] = /-(\d+)$/.exec(headers.get("range") ?? "") ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}

const origin = "https://www.googleapis.com";
const sessionsUrl = `${origin}/upload/drive/v3/files?uploadType=resumable&supportsAllDrives=true&fields=id,name,md5Checksum`;

/** A multiple of 256 KiB, as Drive asks. */
const chunkBytes = 8 * 1024 * 1024;
const timeoutMs = 120_000;
