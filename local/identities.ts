import { createHmac } from "node:crypto";
import { accountId } from "./answers.ts";
import type { Identity } from "./aws/types.ts";
import type { Graph, Resource } from "./graph.ts";
import { need, ofType, policyOf, text } from "./lookup.ts";

/**
 * Who may call: each function with exactly its role's policies, and nobody else. The keys come
 * from the data folder's own secret, so that what was signed before a restart still holds.
 */
export function identitiesOf(graph: Graph, secret: string): ReadonlyMap<string, Identity> {
  return new Map(ofType(graph, "aws:lambda/function:Function").map((fn) => [fn.urn, identityOf(graph, fn, secret)]));
}

function identityOf(graph: Graph, fn: Resource, secret: string): Identity {
  const role = need(graph, "aws:iam/role:Role", fn.inputs["role"], `function ${fn.name}`);
  const roleArn = text(role, "arn");
  return {
    arn: `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${text(fn, "name")}`,
    ...keysFor(fn.urn, secret),
    policies: policiesOf(graph, role),
  };
}

/** A service of AWS in a role that it takes on, under a session of that name. It signs nothing. */
export function inRole(graph: Graph, role: Resource, session: string): Identity {
  const arn = text(role, "arn").replace(":iam:", ":sts:").replace(":role/", ":assumed-role/");
  return { arn: `${arn}/${session}`, accessKeyId: "", secretAccessKey: "", policies: policiesOf(graph, role) };
}

const policiesOf = (graph: Graph, { outputs }: Resource) =>
  ofType(graph, "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => [outputs["id"], outputs["name"], outputs["arn"]].includes(inputs["role"]))
    .map(({ inputs }) => policyOf(inputs["policy"]));

/** The person at the keyboard, who may do everything here. */
export const operatorOf = (secret: string): Identity => ({
  arn: `arn:aws:iam::${accountId}:user/laptop`,
  ...keysFor("operator", secret),
  policies: [{ Statement: { Effect: "Allow", Action: "*", Resource: "*" } }],
});

function keysFor(urn: string, secret: string): Pick<Identity, "accessKeyId" | "secretAccessKey"> {
  const hash = createHmac("sha256", secret).update(urn).digest("hex");
  return { accessKeyId: `AKIA${hash.slice(0, 16).toUpperCase()}`, secretAccessKey: hash.slice(16, 56) };
}
