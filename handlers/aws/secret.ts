import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** The text of one version of a secret, given as `<ARN>|<version>`. Of an empty text there is no secret. */
export async function readSecret(version: string, client = new SecretsManagerClient()): Promise<string | undefined> {
  if (version === "") return undefined;
  const [SecretId, VersionId] = version.split("|");
  return (await client.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString;
}
