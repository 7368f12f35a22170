import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** A secret's text. With no ARN there is no secret. */
export async function readSecret(arn: string): Promise<string | undefined> {
  if (arn === "") return undefined;
  return (await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
}
