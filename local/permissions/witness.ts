import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { contextOf, roleOf } from "../aws/iam/context.ts";
import { compilePolicy } from "../aws/iam/policy.ts";
import type { Authorize, Call } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { type Grant, grantsOf, namesIn, type PlacedGrant } from "./grants.ts";

/** What one host writes down, a line of JSON each. */
export type Testimony = (
  | { readonly kind: "granted" | "used" }
  | { readonly kind: "denied"; readonly because: string }
) &
  Grant;

/**
 * Has a host write into a folder what its graph's roles are granted, which of it was used, and what they were
 * denied, each at its first time: whoever kills the host loses nothing.
 */
export function witness(authorize: Authorize, graph: Graph, dir: string): Authorize {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${process.pid}-${crypto.randomUUID()}.jsonl`);
  const said = new Set<string>();
  const say = (lines: readonly Testimony[]) => {
    const fresh = lines.map((line) => `${JSON.stringify(line)}\n`).filter((line) => !said.has(line));
    for (const line of fresh) said.add(line);
    if (fresh.length > 0) appendFileSync(file, fresh.join(""));
  };

  const grants = grantsOf(graph);
  say(grants.map((grant) => ({ kind: "granted", ...plainly(grant) })));
  const owners = new Map(grants.map(({ roleArn, owner, region }) => [roleArn, { owner, region }]));
  const unused = new Map<string, Unused[]>();
  for (const grant of grants) {
    const key = keyOf(grant.roleArn, grant.action);
    const applies = compilePolicy({ Statement: grant.statement }, "identity");
    unused.set(key, [...(unused.get(key) ?? []), { grant, applies }]);
  }
  const names = namesIn(graph);

  return (identity, call) => {
    const decision = authorize(identity, call);
    const roleArn = roleOf(identity.arn);
    const known = owners.get(roleArn);
    if (known === undefined) return decision;
    if (!decision.allowed) {
      const resource = names.arn(call.resource, known.region);
      say([{ kind: "denied", owner: known.owner, action: call.action, resource, because: decision.because }]);
      return decision;
    }
    const key = keyOf(roleArn, call.action);
    const open = unused.get(key) ?? [];
    const request = requestOf(identity.arn, call);
    const used = open.filter(({ applies }) => applies(request).length > 0);
    if (used.length === 0) return decision;
    unused.set(
      key,
      open.filter((each) => !used.includes(each)),
    );
    say(used.map(({ grant }) => ({ kind: "used", ...plainly(grant) })));
    return decision;
  };
}

interface Unused {
  readonly grant: PlacedGrant;
  readonly applies: ReturnType<typeof compilePolicy>;
}

const keyOf = (roleArn: string, action: string) => `${roleArn} ${action.toLowerCase()}`;

const requestOf = (principal: string, { action, resource, context }: Call) => ({
  principal,
  action,
  resource,
  context: contextOf(principal, context),
});

const plainly = ({ owner, action, resource }: Grant): Grant => ({ owner, action, resource });
