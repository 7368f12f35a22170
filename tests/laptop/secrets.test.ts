import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSecret } from "../../handlers/aws/secret.ts";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { createSecrets } from "../../local/aws/secrets.ts";
import { authenticate } from "../../local/aws/signature.ts";
import type { Identity } from "../../local/aws/types.ts";

const region = "eu-west-1";
const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:111122223333:secret:${name}`;
const tinify = { arn: arnOf("tinify-a1B2c3"), name: "tinify", version: "v1", value: "key-1" };
const moderator = { arn: arnOf("moderator-d4E5f6"), name: "moderator", version: "v2", value: "token-2" };
const compress: Identity = {
  arn: "arn:aws:sts::111122223333:assumed-role/compress/compress-fn",
  accessKeyId: "AKIACOMPRESS",
  secretAccessKey: "secret",
  policies: [
    { Statement: { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [tinify.arn, arnOf("gone")] } },
  ],
};

let server: Server;
let client: SecretsManagerClient;
beforeAll(async () => {
  const identityOf = (id: string) => (id === compress.accessKeyId ? compress : undefined);
  const deps = { identityOf, authorize: createAuthorizer() };
  const endpoint = createSecrets({ secrets: [tinify, moderator], deps, authenticate });
  server = createServer((request, response) => void endpoint(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  client = clientOf("secret");
});
afterAll(() => {
  client.destroy();
  server.close();
});

const clientOf = (secretAccessKey: string) =>
  new SecretsManagerClient({
    region,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/aws/secretsmanager`,
    credentials: { accessKeyId: compress.accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });
const get = (SecretId: string, by = client) => by.send(new GetSecretValueCommand({ SecretId }));

describe("secrets", () => {
  it("gives a secret by its ARN and by its name", async () => {
    const expected = { ARN: tinify.arn, Name: "tinify", SecretString: "key-1" };
    expect(await get(tinify.arn)).toMatchObject(expected);
    expect(await get("tinify")).toMatchObject(expected);
  });

  it("gives the version that a function was told of, and no other", async () => {
    expect(await readSecret(`${tinify.arn}|v1`, client)).toBe("key-1");
    await expect(readSecret(`${tinify.arn}|v0`, client)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(await readSecret("", client)).toBeUndefined();
  });

  it("keeps a secret from a role that may not read it, and names both", async () => {
    await expect(get("moderator")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: ${compress.arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${moderator.arn} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    });
  });

  it("says which secrets there are when asked for another", async () => {
    await expect(get("gone")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: expect.stringContaining("tinify, moderator"),
    });
  });

  it("refuses a wrong signature", async () => {
    const stranger = clientOf("guess");
    await expect(get("tinify", stranger)).rejects.toMatchObject({ name: "InvalidSignatureException" });
    stranger.destroy();
  });

  it("refuses what it does not do by name", async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("ListSecrets"),
    });
  });
});
