import { grantsOf, isOpen } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";
import { isOf } from "../lib/stack.ts";
import { covers } from "../lib/statements.ts";

export const rolesApart = together(
  {
    id: 34,
    name: "roles-apart",
    level: "mandatory",
    known: "no public rule; IAM's guide on least privilege",
    checks:
      "Each function has a role of its own; none may pass roles on; one that the public can call writes below a prefix only.",
    why: "What signs uploads signs whatever its role may write.",
    mend: "make one role a function, without iam:PassRole, and grant s3:PutObject on bucket/prefix/*.",
  },
  ["aws:lambda/function:Function"],
  (fn, report, stack) => {
    const others = stack
      .of("aws:iam/role:Role")
      .filter((role) => isOf(() => fn.props["role"], fn, "role", role))
      .flatMap((role) =>
        stack.naming("aws:lambda/function:Function", "role", role).filter(({ urn }) => urn !== fn.urn),
      );
    for (const other of others)
      report(`Expected ${fn.name} to have a role of its own, but ${other.name} has the same.`);
    const grants = grantsOf(stack, fn);
    if (grants.some((statement) => covers(statement, "iam:PassRole")))
      report(`Expected ${fn.name} not to pass roles on, but it may (iam:PassRole).`);
    if (!isOpen(stack, fn)) return;
    for (const { resources } of grants.filter((statement) => covers(statement, "s3:PutObject")))
      for (const resource of resources)
        if (!/^arn:[^*]*:s3:::[^*/]+\/[^*]+/.test(resource))
          report(
            `Expected ${fn.name}, which the public can call, to write below a prefix only, received ${resource}.`,
            resource,
          );
  },
);
