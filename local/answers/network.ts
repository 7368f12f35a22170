import { type Answer, type Answers, accountId, hash, type Named } from "./asked.ts";

/** What a network is made of. Nothing on this machine passes through it. */
export const network: Answers = {
  "aws:ec2/vpc:Vpc": numberedAs("vpc"),
  "aws:ec2/subnet:Subnet": numberedAs("subnet"),
  "aws:ec2/securityGroup:SecurityGroup": numberedAs("sg", "security-group"),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": numberedAs("sg", "security-group"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": numberedAs("sgr", "security-group-rule"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": numberedAs("sgr", "security-group-rule"),
  "aws:ec2/routeTable:RouteTable": numberedAs("rtb", "route-table"),
  "aws:ec2/route:Route": numberedAs("r", "route-table"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": numberedAs("rtbassoc", "route-table"),
  "aws:ec2/internetGateway:InternetGateway": numberedAs("igw", "internet-gateway"),
  "aws:ec2/natGateway:NatGateway": numberedAs("nat", "natgateway"),
  "aws:ec2/eip:Eip": numberedAs("eipalloc", "elastic-ip"),
  "aws:ec2/flowLog:FlowLog": numberedAs("fl", "vpc-flow-log"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (asked) => {
    const { id, outputs } = numberedAs("vpce", "vpc-endpoint")(asked);
    const prefixListId = `pl-${hash(String(asked.inputs["serviceName"]), 8)}`;
    return { id, outputs: { ...outputs, ...(asked.inputs["vpcEndpointType"] === "Gateway" && { prefixListId }) } };
  },
};

function numberedAs(short: string, resource = short): (asked: Named) => Answer {
  return ({ name, arn }) => {
    const id = `${short}-${hash(name, 17)}`;
    return { id, outputs: { arn: arn("ec2", `${resource}/${id}`), ownerId: accountId } };
  };
}

/** Zones of a Region, as AWS names them. */
export const zonesIn = (region: string) => ({
  id: region,
  names: ["a", "b", "c"].map((letter) => `${region}${letter}`),
  zoneIds: ["az1", "az2", "az3"].map((zone) => `${region}-${zone}`),
  groupNames: [region],
});
