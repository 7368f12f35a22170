import { jsonProtocol } from "./dynamodb/json-protocol.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import type { authenticate } from "./signature.ts";
import type { Endpoint, EndpointDeps } from "./types.ts";

export interface Secret {
  readonly arn: string;
  readonly name: string;
  /** Id of its one version. */
  readonly version: string;
  readonly value: string;
}

export interface SecretsDeps {
  readonly secrets: readonly Secret[];
  readonly deps: EndpointDeps;
  readonly authenticate: typeof authenticate;
}

/** Secrets Manager as far as functions use it: GetSecretValue, by ARN or name, of the one version or of none that is named. */
export function createSecrets({ secrets, deps, authenticate }: SecretsDeps): Endpoint {
  return jsonProtocol({
    target: "secretsmanager",
    contentType: "application/x-amz-json-1.1",
    deps,
    authenticate,
    async answer(operation, { SecretId, VersionId }, allow) {
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
      const { arn, name, version, value } = secret;
      if (VersionId !== undefined && VersionId !== version)
        throw new ServiceError(
          "ResourceNotFoundException",
          `Secrets Manager can't find the specified secret value for VersionId: expected ${version} of ${name}, but received ${VersionId}.`,
        );
      return { ARN: arn, Name: name, VersionId: version, SecretString: value, VersionStages: ["AWSCURRENT"] };
    },
  });
}
