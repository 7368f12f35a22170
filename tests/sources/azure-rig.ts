import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { type AzureBlobDeps, azureBlobSource } from "../../providers/sources/azure-blob.ts";
import { noise } from "../contract/source/rig.ts";
import { faultProxy, type SourceRig } from "../contract/source.ts";
import { type Azurite, account, accountKey } from "./azurite.ts";

export interface AzureRig extends SourceRig {
  /** The container as its owner sees it, without trouble on the way. */
  readonly container: ContainerClient;
  source(more?: Partial<AzureBlobDeps>): ReturnType<typeof azureBlobSource>;
  sas(letters: string, expiresOn?: Date): string;
}

/** In Azurite, or in the account of a connection string. */
export async function azureRig(azurite: Azurite, live?: string): Promise<AzureRig> {
  const name = `raw-${randomUUID()}`;
  const credential = new StorageSharedKeyCredential(account, accountKey);
  const container = live
    ? new ContainerClient(live, name)
    : new ContainerClient(`${azurite.origin}/${account}/${name}`, credential);
  await container.create();
  const proxy = await faultProxy({
    to: azurite.origin,
    isDownload: ({ method = "", url = "" }) => method === "GET" && !url.includes("comp=list"),
    isWrite: ({ method }) => method === "PUT",
    rateLimited: (response, seconds) => azureError(response, 503, "ServerBusy", { "retry-after": String(seconds) }),
    revoked: (response) => azureError(response, 403, "AuthenticationFailed"),
  });
  const endpoint = `${proxy.origin}/${account}`;
  const connectionString =
    live ?? `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
  const source = (more: Partial<AzureBlobDeps> = {}) =>
    azureBlobSource({
      name: "studio",
      account: container.accountName,
      container: name,
      endpoint,
      auth: { connectionString },
      writeBack: "web",
      pageSize: 10,
      patience: { wait: async () => {} },
      ...more,
    });
  const put: SourceRig["put"] = async (path, bytes, { mime } = {}) => {
    await container
      .getBlockBlobClient(path)
      .upload(bytes, bytes.length, { blobHTTPHeaders: { blobContentType: mime ?? "image/jpeg" } });
  };
  return {
    container,
    source,
    sas: (letters, expiresOn = new Date(Date.now() + 3_600_000)) =>
      generateBlobSASQueryParameters(
        { containerName: name, permissions: ContainerSASPermissions.parse(letters), expiresOn },
        credential,
      ).toString(),
    fresh: (patience) => source({ patience: { wait: async () => {}, ...patience } }),
    foreign: () => source({ name: "another" }),
    put,
    async remove(path) {
      await container.deleteBlob(path);
    },
    async bytesOf(path) {
      const blob = container.getBlobClient(path);
      return (await blob.exists()) ? blob.downloadToBuffer() : undefined;
    },
    async paths() {
      const found: string[] = [];
      for await (const { name: path } of container.listBlobsFlat({ includeUncommitedBlobs: true })) found.push(path);
      return found;
    },
    async oddities() {
      await put("frozen.jpg", noise(100));
      await container.getBlobClient("frozen.jpg").setAccessTier("Archive");
      return { "frozen.jpg": "archived" };
    },
    writtenPath: (path) => `web/${path}`,
    faults: live ? { clear() {}, sent: () => 0 } : proxy.faults,
    async close() {
      await proxy.close();
      await container.delete();
    },
  };
}

function azureError(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code, ...headers })
    .end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

type HttpClient = NonNullable<AzureBlobDeps["httpClient"]>;
type Request = Parameters<HttpClient["sendRequest"]>[0];

/** A service that answers everything alike. */
export const answering = (
  bodyAsText: string,
  { status = 200, said, see = () => {} }: { status?: number; said?: string; see?: (request: Request) => void } = {},
): HttpClient => ({
  async sendRequest(request) {
    see(request);
    const headers = request.headers.clone();
    headers.set("content-type", "application/xml");
    if (said) headers.set("x-ms-error-code", said);
    return { request, status, headers, bodyAsText };
  },
});

export const listingOf = (blobs: string) =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://studioraw.blob.core.windows.net/" ContainerName="raw"><Blobs>${blobs}</Blobs><NextMarker /></EnumerationResults>`;

/** Azure's times come in whole seconds. */
export const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));
