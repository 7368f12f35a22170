import { add, type Spoil, set, without } from "../spoil.ts";

export const networkSpoils: readonly Spoil[] = [
  {
    rule: "network-default-group-closed",
    what: "left as AWS makes it",
    spoil: without("network-default"),
    says: /takes over that of network-vpc, found none/,
  },
  {
    rule: "network-default-group-closed",
    what: "with a rule",
    spoil: set("network-default", { egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] }),
    says: /network-default to have no rules, received 1/,
  },
  {
    rule: "network-flow-logs",
    what: "none",
    spoil: without("network-flow"),
    says: /a FlowLog of all that goes through network-vpc/,
  },
  {
    rule: "network-flow-logs",
    what: "of what is refused alone",
    spoil: set("network-flow", { trafficType: "REJECT" }),
    says: /a FlowLog of all that goes through network-vpc/,
  },
  {
    rule: "subnet-no-public-addresses",
    what: "a public address for everything",
    spoil: set("network-public-0", { mapPublicIpOnLaunch: true }),
    says: /network-public-0 to give out no addresses/,
  },
  {
    rule: "network-closed-to-the-world",
    what: "SSH for everybody",
    spoil: add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ssh", {
      securityGroupId: "sg-1",
      ipProtocol: "tcp",
      fromPort: 22,
      toPort: 22,
      cidrIpv4: "0.0.0.0/0",
    }),
    says: /ssh to let named callers in, received 0\.0\.0\.0\/0/,
  },
  {
    rule: "network-closed-to-the-world",
    what: "by IPv6, in a rule of the older kind",
    spoil: add("aws:ec2/securityGroupRule:SecurityGroupRule", "rdp", {
      securityGroupId: "sg-1",
      type: "ingress",
      protocol: "tcp",
      fromPort: 3389,
      toPort: 3389,
      ipv6CidrBlocks: ["::/0"],
    }),
    says: /rdp to let named callers in, received ::\/0/,
  },
  {
    rule: "network-closed-to-the-world",
    what: "in the group itself",
    spoil: set("network-inside-group", {
      ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }],
    }),
    says: /network-inside-group to let named callers in, received 0\.0\.0\.0\/0\./,
  },
];
