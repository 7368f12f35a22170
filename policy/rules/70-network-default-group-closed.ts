import { together } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

const groups = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

export const networkDefaultGroupClosed = together(
  {
    id: 70,
    name: "network-default-group-closed",
    level: "mandatory",
    known: "FSBP EC2.2; NAG VPCDefaultSecurityGroupClosed",
    checks: "The default security group of each network has no rules.",
    why: "Whatever names no group is in it, and by AWS's own rules all that are in it reach each other.",
    mend: "take it over by a DefaultSecurityGroup without ingress and egress.",
  },
  ["aws:ec2/vpc:Vpc", groups],
  (one, report, stack) => {
    const { name, props } = one;
    if (one.type === groups) {
      const rules = [...listOf<unknown>(props["ingress"]), ...listOf<unknown>(props["egress"])];
      if (rules.length > 0) report(`Expected ${name} to have no rules, received ${rules.length}.`);
    } else if (stack.naming(groups, "vpcId", one).length === 0)
      report(`Expected a DefaultSecurityGroup that takes over that of ${name}, found none.`);
  },
);
