import { jsonProtocol } from "./dynamodb/json-protocol.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import type { authenticate } from "./signature.ts";
import type { Endpoint, EndpointDeps } from "./types.ts";

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
}

export interface SecretsDeps {
  readonly secrets: readonly Secret[];
  readonly deps: EndpointDeps;
  readonly authenticate: typeof authenticate;
}

/** Secrets Manager as far as functions use it: GetSecretValue, by ARN or name. */
export function createSecrets({ secrets, deps, authenticate }: SecretsDeps): Endpoint {
  return jsonProtocol({
    target: "secretsmanager",
    contentType: "application/x-amz-json-1.1",
    deps,
    authenticate,
    async answer(operation, { SecretId }, allow) {
      if (operation !== "GetSecretValue")
        throw new ServiceError(
          "UnknownOperationException",
          `Expected GetSecretValue, but received ${operation}, which the laptop's Secrets Manager does not have.`,
        );
      const secret = secrets.find(({ arn, name }) => arn === SecretId || name === SecretId);
      if (!secret)
        throw new ServiceError(
          "ResourceNotFoundException",
          `Secrets Manager can't find the specified secret: expected one of ${secrets.map(({ name }) => name).join(", ") || "(none)"}, but received ${SecretId}.`,
        );
      allow({ action: "secretsmanager:GetSecretValue", resource: secret.arn });
      return { ARN: secret.arn, Name: secret.name, SecretString: secret.value, VersionStages: ["AWSCURRENT"] };
    },
  });
}
