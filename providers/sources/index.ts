import type { AzureBlobAuth } from "./azure-blob-client.ts";
import type { SourceOptions } from "./options.ts";
import { type KindWithSecret, missingSecret, type SecretOf, secretOf } from "./secrets.ts";
import { type Source, SourceError } from "./types.ts";
import type { Patience } from "./verified.ts";

export interface SourceDeps {
  /** The source's secret, a text of JSON; undefined or empty where there is none. Asked for once. */
  readonly secret: () => Promise<string | undefined>;
  /** Larger files are skipped, where the source itself says nothing. */
  readonly maxBytes?: number;
  /** A JWT that proves who this program is, made for `audience`, such as `sts:GetWebIdentityToken` gives. */
  readonly webIdentity?: (audience: string) => Promise<string>;
  readonly patience?: Patience;
  /** For Dropbox, Google Drive and Entra ID. @default globalThis.fetch */
  readonly fetch?: typeof fetch;
}

/**
 * The source that an entry of the config describes. Of the SDKs only its own is loaded.
 * @throws SourceError CONFIG when its secret is missing or of the wrong form.
 */
export async function sourceFor(options: SourceOptions, deps: SourceDeps): Promise<Source> {
  const { name, writeBack, maxBytes = deps.maxBytes } = options;
  const common = { name, writeBack, maxBytes, patience: deps.patience };
  switch (options.kind) {
    case "s3": {
      const { s3Source } = await import("./s3.ts");
      const { bucket, prefix, region, endpoint, forcePathStyle, owner, requesterPays } = options;
      const place = { bucket, prefix, region, endpoint, forcePathStyle, expectedBucketOwner: owner, requesterPays };
      // Without one, it is let in as the function's role.
      const secret = await deps.secret();
      return s3Source({ ...common, ...place, client: secret ? { credentials: secretOf(name, "s3", secret) } : {} });
    }
    case "dropbox": {
      const { dropboxSource } = await import("./dropbox.ts");
      const token = await secretFor(options, deps);
      const { path, namespace: pathRoot } = options;
      return dropboxSource({ ...common, path, pathRoot, token, appSecret: token.clientSecret, fetch: deps.fetch });
    }
    case "azure-blob": {
      const { azureBlobSource } = await import("./azure-blob.ts");
      const { account, container, prefix, endpoint } = options;
      return azureBlobSource({ ...common, account, container, prefix, endpoint, ...(await azureEntry(options, deps)) });
    }
    case "google-drive": {
      const { googleDriveSource } = await import("./google-drive.ts");
      const secret = await secretFor(options, deps);
      const { folder, drive: driveId } = options;
      const { webhookSecret } = secret;
      return googleDriveSource({
        ...common,
        folder,
        driveId,
        webhookSecret,
        auth:
          "private_key" in secret
            ? { clientEmail: secret.client_email, privateKey: secret.private_key, subject: secret.subject }
            : secret,
        fetch: deps.fetch,
      });
    }
    case "folder": {
      const { folderSource } = await import("./folder.ts");
      const { path, settleSeconds } = options;
      return folderSource({
        ...common,
        path,
        settleMs: settleSeconds === undefined ? undefined : settleSeconds * 1000,
      });
    }
    default:
      throw new SourceError(
        name,
        "CONFIG",
        `expected kind s3, dropbox, azure-blob, google-drive or folder, received ${(options satisfies never as SourceOptions).kind}`,
      );
  }
}

async function secretFor<K extends KindWithSecret>(
  options: SourceOptions & { readonly kind: K },
  { secret }: SourceDeps,
): Promise<SecretOf<K>> {
  const text = await secret();
  if (!text) throw missingSecret(options);
  return secretOf(options.name, options.kind, text);
}

/** With `entra` in the config, that is the way in, and a secret holds the webhook's key at most. */
async function azureEntry(
  options: SourceOptions & { readonly kind: "azure-blob" },
  deps: SourceDeps,
): Promise<{ readonly auth: AzureBlobAuth; readonly webhookKey?: string }> {
  const { name, entra } = options;
  const text = await deps.secret();
  const secret = text ? secretOf(name, "azure-blob", text) : undefined;
  const webhookKey = secret?.webhookKey;
  if (entra !== undefined) return { auth: await entraAuth(name, entra, deps), webhookKey };
  if (secret === undefined || !("tenantId" in secret || "sas" in secret || "connectionString" in secret))
    throw missingSecret(options);
  return { auth: "tenantId" in secret ? await entraAuth(name, secret, deps) : secret, webhookKey };
}

/** What Entra ID expects a foreign proof of identity to be made out to. */
const entraAudience = "api://AzureADTokenExchange";

async function entraAuth(
  source: string,
  { tenantId, clientId }: { readonly tenantId: string; readonly clientId: string },
  { webIdentity, fetch }: SourceDeps,
): Promise<AzureBlobAuth> {
  if (webIdentity === undefined)
    throw new SourceError(
      source,
      "CONFIG",
      "expected a proof of identity for tenantId and clientId, which only a role in AWS has. Elsewhere use a SAS",
    );
  const { clientAssertion } = await import("./client-assertion.ts");
  const assertion = () => webIdentity(entraAudience);
  return { tokenProvider: clientAssertion({ source, tenantId, clientId, assertion, fetch }) };
}
