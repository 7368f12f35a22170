import { mention } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";
import { isOf } from "../lib/stack.ts";

export const functionCallers = together(
  {
    id: 20,
    name: "function-callers",
    level: "mandatory",
    known: "FSBP Lambda.1; NAG LambdaFunctionPublicAccessProhibited",
    checks:
      "Nobody but named principals may invoke a function; a service only for a named resource of a named account.",
    why: "An S3 ARN holds no account: another's bucket of the same name could call.",
    mend: "name the principal, and give sourceArn and sourceAccount.",
  },
  ["aws:lambda/permission:Permission"],
  (permission, report, stack) => {
    const { name, props } = permission;
    const fn = stack
      .of("aws:lambda/function:Function")
      .find((one) => isOf(() => props["function"] as unknown, permission, "function", one));
    const whose = fn === undefined ? name : `${name} of ${fn.name}`;
    const principal: string = props["principal"];
    if (principal === "*") report(`Expected ${whose} to name a principal, received *.`);
    if (!principal.includes(".amazonaws.")) return;
    for (const property of ["sourceArn", "sourceAccount"])
      if (!mention(() => props[property])) report(`Expected ${whose} to give ${property} for ${principal}.`, property);
  },
);
