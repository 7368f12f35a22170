import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { hide } from "./discreet.ts";

/** The text of one version of a secret, given as `<ARN>|<version>`, which no log shows from then on. Of an empty text there is no secret. */
export async function readSecret(version: string, client = new SecretsManagerClient()): Promise<string | undefined> {
  if (version === "") return undefined;
  const [SecretId, VersionId] = version.split("|");
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionId }));
  if (SecretString !== undefined) hide(SecretString);
  return SecretString;
}
