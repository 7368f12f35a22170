import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** A secret's text, fetched on first use and kept. With no ARN there is no secret. */
export function secretOf(arn: string): () => Promise<string | undefined> {
  let text: Promise<string | undefined> | undefined;
  const fetchIt = async () =>
    (await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  return () => {
    if (arn === "") return Promise.resolve(undefined);
    text ??= fetchIt().catch((error) => {
      text = undefined;
      throw error;
    });
    return text;
  };
}
