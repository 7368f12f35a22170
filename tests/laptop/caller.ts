import { createAuthorizer } from "../../local/aws/iam.ts";
import type { EndpointDeps, Identity, Statement } from "../../local/aws/types.ts";

export const account = "111122223333";
export const region = "eu-west-1";
export const credentials = { accessKeyId: "AKIAFUNCTION00000000", secretAccessKey: "secret" };

/** One function that may do what these statements say, as an endpoint knows it. */
export function knowing(...statements: readonly Statement[]): EndpointDeps {
  const arn = `arn:aws:sts::${account}:assumed-role/fn/fn`;
  const identity: Identity = { ...credentials, arn, policies: [{ Statement: statements }] };
  return { identityOf: (key) => (key === identity.accessKeyId ? identity : undefined), authorize: createAuthorizer() };
}
