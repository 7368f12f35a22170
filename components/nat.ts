import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { subnetsOf } from "./subnets.ts";

export interface NatArgs {
  vpcId: pulumi.Input<string>;
  /** Of the VPC. */
  cidr: string;
  zones: readonly string[];
}

export interface Nat {
  /** Private ones, from which the internet can be called and which it cannot call. */
  subnets: aws.ec2.Subnet[];
  routeTables: aws.ec2.RouteTable[];
  /** What has to be there before anything gets out. */
  ways: pulumi.Resource[];
}

/** A way out to the internet in each zone, so that a zone that is lost takes no other's with it. */
export function natFor(name: string, { vpcId, cidr, zones }: NatArgs, child: pulumi.CustomResourceOptions): Nat {
  const internet = { destinationCidrBlock: "0.0.0.0/0" };
  const gateway = new aws.ec2.InternetGateway(`${name}-internet`, { vpcId }, child);
  const publicRoutes = new aws.ec2.RouteTable(`${name}-public-routes`, { vpcId }, child);
  const toInternet = new aws.ec2.Route(
    `${name}-public-out`,
    { routeTableId: publicRoutes.id, ...internet, gatewayId: gateway.id },
    child,
  );
  const publicSubnets = subnetsOf(name, { use: "public", vpcId, cidr, zones }, child);
  const subnets = subnetsOf(name, { use: "outward", vpcId, cidr, zones }, child);
  const routeTables: aws.ec2.RouteTable[] = [];
  const ways: pulumi.Resource[] = [];
  for (const [zone, { id: subnetId }] of subnets.entries()) {
    const front = publicSubnets[zone]!.id;
    const joined = new aws.ec2.RouteTableAssociation(
      `${name}-public-joins-${zone}`,
      { subnetId: front, routeTableId: publicRoutes.id },
      child,
    );
    const address = new aws.ec2.Eip(`${name}-nat-address-${zone}`, { domain: "vpc" }, child);
    const nat = new aws.ec2.NatGateway(
      `${name}-nat-${zone}`,
      { subnetId: front, allocationId: address.id },
      { ...child, dependsOn: [joined, toInternet] },
    );
    const routes = new aws.ec2.RouteTable(`${name}-outward-routes-${zone}`, { vpcId }, child);
    routeTables.push(routes);
    ways.push(
      new aws.ec2.Route(
        `${name}-outward-out-${zone}`,
        { routeTableId: routes.id, ...internet, natGatewayId: nat.id },
        child,
      ),
      new aws.ec2.RouteTableAssociation(`${name}-outward-joins-${zone}`, { subnetId, routeTableId: routes.id }, child),
    );
  }
  return { subnets, routeTables, ways };
}
