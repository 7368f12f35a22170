import { alone } from "../lib/rule.ts";

export const subnetNoPublicAddresses = alone(
  {
    id: 72,
    name: "subnet-no-public-addresses",
    level: "mandatory",
    known: "FSBP EC2.15; NAG VPCSubnetAutoAssignPublicIpDisabled",
    checks: "No subnet gives a public address to whatever is put into it.",
    why: "What nobody meant to show would be reached from the internet, with nothing but a security group before it.",
    mend: "leave mapPublicIpOnLaunch false, and give an Eip to what needs an address.",
  },
  ["aws:ec2/subnet:Subnet"],
  ({ name, props }, report) => {
    const { mapPublicIpOnLaunch, assignIpv6AddressOnCreation } = props;
    if (mapPublicIpOnLaunch === true || assignIpv6AddressOnCreation === true)
      report(`Expected ${name} to give out no addresses that the internet reaches.`);
  },
);
