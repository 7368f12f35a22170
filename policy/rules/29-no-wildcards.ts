import { alone } from "../lib/rule.ts";
import { allows } from "../lib/statements.ts";

export const noWildcards = alone(
  {
    id: 29,
    name: "no-wildcards",
    level: "mandatory",
    known: "FSBP IAM.21; NAG IAM5, LambdaStarPermissions",
    checks: "Policies name each action, and resources by name; a wildcard in their place needs a reason.",
    why: "A function that is taken over can do all that its role may.",
    mend: "name what is called, on which ARN; a wildcard may follow a name, such as bucket/originals/*.",
  },
  ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"],
  ({ name, props }, report) => {
    for (const { actions, resources } of allows(props["policy"])) {
      for (const action of actions)
        if (action.includes("*")) report(`Expected ${name} to name its actions in full, received ${action}.`, action);
      for (const resource of resources.filter(isNameless))
        for (const action of actions)
          report(`Expected ${name} to name what it may ${action}, received ${resource}.`, action);
    }
  },
);

/** Whether no name stands before the first wildcard: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:queue`, `…:table/*`. */
function isNameless(resource: string): boolean {
  if (!resource.includes("*")) return false;
  const [, , service, region, account, ...rest] = resource.split(":");
  if ([service, region, account].some((part) => part === undefined || part.includes("*"))) return true;
  const [first = "", second = ""] = rest.join(":").split(/[:/]/);
  // Only some services put a type before the name.
  return first.includes("*") || (types.includes(first) && second.includes("*"));
}

const types = [
  "distribution",
  "function",
  "identity",
  "key",
  "log-group",
  "role",
  "schedule",
  "secret",
  "stream",
  "table",
];
