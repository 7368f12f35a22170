import { listOf, type Seen } from "./seen.ts";
import { isOf, type Stack } from "./stack.ts";

export interface Behaviour {
  readonly pathPattern?: string;
  readonly viewerProtocolPolicy: string;
  readonly responseHeadersPolicyId?: string;
}

interface Placed {
  /** `*` for what no other path fits. */
  readonly path: string;
  /** Where in the distribution it stands. */
  readonly property: string;
  readonly behaviour: Behaviour;
}

export const behavioursOf = ({ props }: Seen): Placed[] => [
  { path: "*", property: "defaultCacheBehavior", behaviour: props["defaultCacheBehavior"] },
  ...listOf<Behaviour>(props["orderedCacheBehaviors"]).map((behaviour) => ({
    path: behaviour.pathPattern ?? "",
    property: "orderedCacheBehaviors",
    behaviour,
  })),
];

/** The stack's policies for response headers that a behaviour uses. */
export const headersOf = (stack: Stack, distribution: Seen, property: string, behaviour: Behaviour): Seen[] =>
  stack
    .of("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
    .filter((policy) => isOf(() => behaviour.responseHeadersPolicyId, distribution, property, policy));
