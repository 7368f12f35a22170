import { buffer } from "node:stream/consumers";
import type { ContainerClient } from "@azure/storage-blob";
import { type AzureBlobAuth, permitted } from "./azure-blob-client.ts";
import { type Place, toSourceError } from "./azure-blob-errors.ts";
import { findings, type Step } from "./findings.ts";
import { type Check, SourceError } from "./types.ts";

export interface CheckDeps {
  readonly client: ContainerClient;
  readonly place: Place;
  readonly auth: AzureBlobAuth;
  readonly prefix?: string;
  readonly writeBack?: string;
}

/** Lists, and reads one byte of the first blob that has any: what a pull needs. Nothing is written. */
export function checkContainer({ client, place, auth, prefix, writeBack }: CheckDeps): Promise<Check> {
  const { expiresAt } = place;
  const under = prefix === undefined ? "" : ` under ${prefix}`;
  let readable: string | undefined;
  const list: Step = async () => {
    readable = await firstBlob(client, prefix).catch((cause) => {
      throw toSourceError(place, "list the blobs", cause);
    });
    return `Container ${place.container} of account ${place.account} can be listed.`;
  };
  const read: Step = async () => {
    if (readable === undefined) return `There is no blob${under} yet to try reading with.`;
    await readByte(client, readable).catch((cause) => {
      throw toSourceError(place, `read ${readable}`, cause);
    });
    return `${readable} can be read.`;
  };
  return findings([
    list,
    read,
    ...(expiresAt ? [async () => `Its SAS is good until ${expiresAt.toISOString()}.`] : []),
    ...writing(place.source, auth, writeBack),
  ]);
}

async function firstBlob(client: ContainerClient, prefix?: string): Promise<string | undefined> {
  const abortSignal = AbortSignal.timeout(PATIENCE_MS);
  for await (const { segment } of client.listBlobsFlat({ prefix, abortSignal }).byPage({ maxPageSize: 20 }))
    for (const { name, properties } of segment.blobItems)
      if (properties.contentLength && properties.accessTier !== "Archive" && properties.copyStatus !== "pending")
        return name;
  return undefined;
}

async function readByte(client: ContainerClient, name: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(PATIENCE_MS);
  const { readableStreamBody } = await client.getBlobClient(name).download(0, 1, { abortSignal, maxRetryRequests: 0 });
  await buffer(readableStreamBody as NodeJS.ReadableStream);
}

const PATIENCE_MS = 30_000;

/** A SAS tells what it permits; what a role permits shows with the first result. */
function writing(source: string, auth: AzureBlobAuth, writeBack: string | undefined): Step[] {
  const letters = permitted(auth);
  if (writeBack === undefined || letters === undefined) return [];
  return [
    async () => {
      if (/[cw]/.test(letters)) return `Its SAS permits writing to ${writeBack}.`;
      throw new SourceError(
        source,
        "FORBIDDEN",
        `expected a SAS that permits create (c) for writeBack ${writeBack}, received sp=${letters}. Make one with sp=rcl`,
      );
    },
  ];
}
