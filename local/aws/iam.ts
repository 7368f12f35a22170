import { contextOf } from "./iam/context.ts";
import { compilePolicy, type PolicyKind, type Request } from "./iam/policy.ts";
import type { Authorize, PolicyDocument } from "./types.ts";

/**
 * Decides as IAM does within one account: an explicit Deny wins, then an Allow of the caller's own
 * policies or of the resource's is enough. What of the policy language is not implemented throws
 * an Error `POLICY_UNSUPPORTED` rather than being passed over. Own code, because the evaluators on
 * npm are AGPL or ask AWS; the tests compare it with one of them.
 */
export function createAuthorizer(): Authorize {
  const compile = { identity: remembered("identity"), resource: remembered("resource") };

  return (identity, call) => {
    const request: Request = {
      principal: identity.arn,
      action: call.action,
      resource: call.resource,
      context: contextOf(identity.arn, call.context),
    };
    const own = identity.policies.flatMap((document) => compile.identity(document)(request));
    const resources = call.resourcePolicy ? compile.resource(call.resourcePolicy)(request) : [];

    const refused = `User: ${identity.arn} is not authorized to perform: ${call.action} on resource: ${call.resource}`;
    if (own.includes("Deny"))
      return { allowed: false, because: `${refused} with an explicit deny in an identity-based policy` };
    if (resources.includes("Deny"))
      return { allowed: false, because: `${refused} with an explicit deny in a resource-based policy` };
    if (own.includes("Allow") || resources.includes("Allow")) return { allowed: true };
    const kind = request.context["aws:principalisawsservice"] === "true" ? "resource" : "identity";
    return { allowed: false, because: `${refused} because no ${kind}-based policy allows the ${call.action} action` };
  };
}

function remembered(kind: PolicyKind) {
  const known = new WeakMap<PolicyDocument, ReturnType<typeof compilePolicy>>();
  return (document: PolicyDocument) => {
    const policy = known.get(document) ?? compilePolicy(document, kind);
    known.set(document, policy);
    return policy;
  };
}
