import { basename } from "node:path";
import type { Statement } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { need, ofType, policyOf, text } from "../lookup.ts";
import { codeDirOf } from "../wiring/functions.ts";

/** One action on one resource that a role is granted. */
export interface Grant {
  /** The function's bundle, such as `resize`; of a role that no function has, the role's own name. */
  readonly owner: string;
  readonly action: string;
  /** Called as in index.ts, whatever the stack, the account and the Region are: `working-bucket/originals/*`. */
  readonly resource: string;
}

/** A grant where it stands: the role that has it, and the statement cut down to it. */
export interface PlacedGrant extends Grant {
  readonly roleArn: string;
  readonly region: string;
  readonly statement: Statement;
}

/** All that the roles of a graph are granted, action by action and resource by resource. */
export function grantsOf(graph: Graph): readonly PlacedGrant[] {
  const functions = ofType(graph, functionType);
  const nameOf = namesIn(graph);
  return ofType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap((policy) => {
    const role = need(graph, "aws:iam/role:Role", policy.inputs["role"], `policy ${policy.name}`);
    const fn = functions.find(({ inputs }) => inputs["role"] === text(role, "arn"));
    const owner = fn === undefined ? nameOf.plain(role.name) : bundleOf(fn);
    return [policyOf(policy.inputs["policy"]).Statement]
      .flat()
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) =>
        [statement.Action].flat().flatMap((action) =>
          [statement.Resource ?? []].flat().map((arn) => ({
            owner,
            action,
            resource: nameOf.arn(arn, role.region),
            roleArn: text(role, "arn"),
            region: role.region,
            statement: { ...statement, Action: action, Resource: arn },
          })),
        ),
      );
  });
}

/** How resources are called here, seen from a Region. */
export function namesIn(graph: Graph) {
  const known = graph.resources
    .flatMap((resource) =>
      typeof resource.outputs["arn"] === "string" ? [{ resource, arn: resource.outputs["arn"] }] : [],
    )
    .map(({ resource, arn }) => ({ resource, arn: placeless(arn) }))
    .toSorted((a, b) => b.arn.length - a.arn.length);
  const several = ofType(graph, functionType)
    .map((fn) => [baseOf(fn), bundleOf(fn)] as const)
    .filter(([base, bundle]) => base !== bundle)
    .toSorted(([a], [b]) => b.length - a.length);
  /** The same code may run for several sources: what belongs to one of them is called as if it were the only one. */
  const plain = (name: string) => {
    const [base, bundle] = several.find(([base]) => name === base || name.startsWith(`${base}-`)) ?? ["", ""];
    return bundle + name.slice(base.length);
  };
  return {
    plain,
    arn(arn: string, from: string): string {
      const short = placeless(arn);
      const found = known.find(
        ({ arn }) => short === arn || (short.startsWith(arn) && /[/:]/.test(short[arn.length]!)),
      );
      if (found === undefined) return short;
      const region = arn.split(":")[3] || found.resource.region;
      const isElsewhere = region !== from && !regionless.has(found.resource.type);
      return `${isElsewhere ? "elsewhere: " : ""}${plain(found.resource.name)}${short.slice(found.arn.length)}`;
    },
  };
}

const functionType = "aws:lambda/function:Function";
const regionless: ReadonlySet<string> = new Set(["aws:cloudfront/distribution:Distribution"]);

/** An ARN without the Region and the account. */
const placeless = (arn: string) => arn.replace(/^(arn:[^:]*:[^:]*):[^:]*:[^:]*:/, "$1:::");

const baseOf = ({ name }: Resource) => name.replace(/-fn$/, "");

/** Actors of a stack's own are all one to us. */
const bundleOf = (fn: Resource) => (fn.name.startsWith("custom-") ? "custom" : basename(codeDirOf(fn)));
