import { createAuthorizer } from "./aws/iam.ts";
import type { EndpointDeps, Identity } from "./aws/types.ts";
import type { Graph } from "./graph.ts";
import { identitiesOf, operatorOf } from "./identities.ts";
import { witness } from "./permissions/witness.ts";

export interface Callers {
  /** Of each function, by its URN. */
  readonly identities: ReadonlyMap<string, Identity>;
  readonly operator: Identity;
  /** Who a key belongs to, and what they may. */
  readonly deps: EndpointDeps;
}

/**
 * Everybody who may sign a request to the laptop's AWS. With a folder in `DARKROOM_TESTIMONY`, what they are granted,
 * use and are denied is written there.
 */
export function callersOf(graph: Graph, secret: string, testifies = true): Callers {
  const identities = identitiesOf(graph, secret);
  const operator = operatorOf(secret);
  const byKey = new Map([operator, ...identities.values()].map((identity) => [identity.accessKeyId, identity]));
  const testimony = testifies ? process.env["DARKROOM_TESTIMONY"] : undefined;
  const decide = createAuthorizer();
  const authorize = testimony ? witness(decide, graph, testimony) : decide;
  return { identities, operator, deps: { identityOf: (key) => byKey.get(key), authorize } };
}
