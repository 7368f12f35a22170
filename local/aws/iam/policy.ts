import type { PolicyDocument, Statement } from "../types.ts";
import { compileConditions } from "./conditions.ts";
import { accountOf, type Context, isServicePrincipal, roleOf } from "./context.ts";
import { arn, listOf, unsupported, wildcard } from "./match.ts";

export interface Request {
  /** ARN, or a service principal. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** `identity`: a caller's own, which names no principal. `resource`: a bucket's or queue's. */
export type PolicyKind = "identity" | "resource";
export type Effect = Statement["Effect"];

/** The effects of the statements that speak about a request. @throws Error `POLICY_UNSUPPORTED` */
export function compilePolicy(document: PolicyDocument, kind: PolicyKind): (request: Request) => Effect[] {
  const statements = [document.Statement].flat().map((statement) => compileStatement(statement, kind));
  return (request) => statements.flatMap(({ effect, applies }) => (applies(request) ? [effect] : []));
}

function compileStatement(statement: Statement, kind: PolicyKind) {
  const members = ["Effect", "Action", "Resource", ...(kind === "resource" ? ["Principal"] : [])];
  const strange = Object.keys(statement).filter((name) => ![...members, "Sid", "Condition"].includes(name));
  const missing = members.filter((name) => !(name in statement));
  const label = `the ${kind}-based statement ${JSON.stringify(statement)}`;
  if (strange.length > 0) throw unsupported(`${strange.join(", ")} in ${label}`);
  if (missing.length > 0) throw unsupported(`no ${missing.join(", ")} in ${label}`);
  const effect = statement.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw unsupported(`the Effect ${effect} in ${label}`);

  const actions = listOf(statement.Action).map((action) => wildcard(action, "i"));
  const resources = listOf(statement.Resource).map(arn);
  const conditions = compileConditions(statement.Condition ?? {});
  const principals = kind === "resource" ? compilePrincipals(statement.Principal!, effect) : undefined;
  return {
    effect,
    applies: ({ principal, action, resource, context }: Request) =>
      (principals?.(principal) ?? true) &&
      actions.some((matches) => matches(action, context)) &&
      resources.some((matches) => matches(resource, context)) &&
      conditions.every((holds) => holds(context)),
  };
}

function compilePrincipals(principal: NonNullable<Statement["Principal"]>, effect: Effect) {
  if (principal === "*") return () => true;
  if (typeof principal === "string") throw unsupported(`the Principal ${principal}`);
  const strange = Object.keys(principal).filter((kind) => kind !== "AWS" && kind !== "Service");
  if (strange.length > 0) throw unsupported(`a Principal of the kind ${strange.join(", ")}`);
  const services = listOf(principal.Service ?? []);
  const callers = listOf(principal.AWS ?? []);
  if (callers.includes("*")) return () => true;
  return (caller: string) =>
    isServicePrincipal(caller) ? services.includes(caller) : callers.some((name) => names(name, caller, effect));
}

/**
 * Whether a principal of a policy is this caller. One that names the whole account hands the
 * decision to the callers' own policies: it denies, but by itself allows nobody.
 */
function names(principal: string, caller: string, effect: Effect): boolean {
  const account = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/.exec(principal)?.[1];
  if (account !== undefined) return effect === "Deny" && account === accountOf(caller);
  if (!principal.startsWith("arn:") || principal.includes("*")) throw unsupported(`the Principal ${principal}`);
  return principal === caller || withoutPath(principal) === roleOf(caller);
}

/** A session's ARN does not tell the path of its role. */
const withoutPath = (role: string) => role.replace(/:role\/.*\//, ":role/");
