import { ContainerClient, type StoragePipelineOptions } from "@azure/storage-blob";
import { SourceError } from "./types.ts";

/** The SDK asks again shortly before a token expires. Any credential of @azure/identity fits too. */
export interface TokenProvider {
  getToken(scopes: string | string[]): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** How the account is entered, best last: a token needs no secret that could be lost. */
export type AzureBlobAuth =
  | { readonly connectionString: string }
  | { readonly sas: string }
  | { readonly tokenProvider: TokenProvider };

export interface ContainerDeps {
  /** Name of the source. */
  readonly name: string;
  readonly account: string;
  readonly container: string;
  readonly auth: AzureBlobAuth;
  /** @default https://<account>.blob.core.windows.net */
  readonly endpoint?: string;
  /** @default the SDK's own */
  readonly httpClient?: StoragePipelineOptions["httpClient"];
}

/** @throws SourceError CONFIG when the credentials cannot be those of this account. Never repeats them. */
export function containerClient(deps: ContainerDeps): ContainerClient {
  const { account, container, auth, httpClient } = deps;
  // Once more and at once, for connections that broke while nobody used them. Waiting is left to
  // whoever polls: the SDK would wait for minutes.
  const options: StoragePipelineOptions = { retryOptions: { maxTries: 2 }, httpClient };
  const endpoint = (deps.endpoint ?? `https://${account}.blob.core.windows.net`).replace(/\/+$/, "");
  const address = `${endpoint}/${encodeURIComponent(container)}`;
  if ("tokenProvider" in auth) return new ContainerClient(address, auth.tokenProvider, options);
  if ("sas" in auth) return new ContainerClient(`${address}?${sasOf(deps.name, auth.sas)}`, undefined, options);
  const client = fromConnectionString(deps.name, auth.connectionString, container, options);
  if (client.accountName !== account)
    throw new SourceError(
      deps.name,
      "CONFIG",
      `expected the connection string of account ${account}, received that of ${client.accountName}`,
    );
  return client;
}

/** When a SAS runs out, where it says so itself. */
export function expiryOf(auth: AzureBlobAuth): Date | undefined {
  const until = "sas" in auth ? new URLSearchParams(auth.sas).get("se") : null;
  return until !== null && !Number.isNaN(Date.parse(until)) ? new Date(until) : undefined;
}

/** The letters of what a SAS permits; undefined where it does not say. */
export const permitted = (auth: AzureBlobAuth) =>
  "sas" in auth ? (new URLSearchParams(auth.sas).get("sp") ?? undefined) : undefined;

function sasOf(source: string, text: string): string {
  const sas = text.replace(/^\?/, "");
  const fields = new URLSearchParams(sas);
  if (!fields.has("sig") || !fields.has("sv"))
    throw new SourceError(
      source,
      "CONFIG",
      "expected a SAS such as sv=…&sr=c&sp=rl&se=…&sig=…, received something without sv and sig",
    );
  return sas;
}

function fromConnectionString(source: string, text: string, container: string, options: StoragePipelineOptions) {
  try {
    return new ContainerClient(text, container, options);
  } catch {
    // What the SDK says may repeat parts of the string.
    throw new SourceError(
      source,
      "CONFIG",
      "expected a connection string such as DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…, received something else",
    );
  }
}
