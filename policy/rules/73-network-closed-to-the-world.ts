import { alone } from "../lib/rule.ts";
import { kindOf, listOf, type Seen } from "../lib/seen.ts";

/** In each of these a rule is spelt in another way. */
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const anyRule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const group = "aws:ec2/securityGroup:SecurityGroup";

export const networkClosedToTheWorld = alone(
  {
    id: 73,
    name: "network-closed-to-the-world",
    level: "mandatory",
    known: "FSBP EC2.13, .14, .18, .19, .53, .54; NAG EC23",
    checks: "No security group lets the whole world in, whichever the port.",
    why: "SSH, RDP or a database that anybody can reach is tried within minutes; functions are called by Lambda, and need no way in.",
    mend: "name the group, the prefix list or the addresses that may call.",
  },
  [ingressRule, anyRule, group],
  (one, report) => {
    const open = callersOf(one).filter((caller) => caller === "0.0.0.0/0" || caller === "::/0");
    if (open.length > 0) report(`Expected ${one.name} to let named callers in, received ${open.join(", ")}.`);
  },
);

interface Rule {
  readonly cidrBlocks?: readonly unknown[];
  readonly ipv6CidrBlocks?: readonly unknown[];
}

function callersOf(one: Seen): readonly unknown[] {
  const { props } = one;
  if (kindOf(one) === ingressRule) return [props["cidrIpv4"], props["cidrIpv6"]];
  const rules =
    kindOf(one) === group ? listOf<Rule>(props["ingress"]) : props["type"] === "ingress" ? [props as Rule] : [];
  return rules.flatMap(({ cidrBlocks, ipv6CidrBlocks }) => [...listOf(cidrBlocks), ...listOf(ipv6CidrBlocks)]);
}
