import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { keepFlowLogs } from "./flow-logs.ts";
import { natFor } from "./nat.ts";
import { Endpoints, hasEndpoint, https, servicesOf } from "./network-endpoints.ts";
import type { Statement } from "./statement.ts";
import { subnetsOf } from "./subnets.ts";

export interface NetworkArgs {
  settings: Settings;
  /** Addresses, and how functions get out. */
  network: NonNullable<Settings["network"]>;
  /** Names of its availability zones. */
  zones: readonly string[];
}

/** Where a function runs. */
export interface Place {
  vpcConfig: { subnetIds: pulumi.Input<string>[]; securityGroupIds: pulumi.Input<string>[] };
  /** What Lambda needs to put it there. */
  grants: Statement[];
  /** Without these it could call nothing. */
  ways: pulumi.Resource[];
}

/**
 * A VPC over several zones for the functions: nobody can call in, and out leads what their own grants
 * name, by endpoints. What calls something beyond AWS's network runs outside of it, or goes by NAT.
 */
export class Network extends pulumi.ComponentResource {
  readonly #endpoints: Endpoints;
  readonly #inside: Omit<Place, "grants">;
  readonly #outward?: Omit<Place, "grants">;
  readonly #grants: Statement[];
  readonly #isOneOfMany: boolean;

  constructor(name: string, { settings, network, zones }: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Network", name, {}, opts);
    const child = { parent: this };
    const { cidr } = network;
    this.#isOneOfMany = settings.regions.length > 1;
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: cidr,
        // So that a service's usual name is that of its endpoint.
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}` },
      },
      child,
    );
    // Without a rule of ours, as everything that names no group would be in it.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id }, child);
    keepFlowLogs(name, { vpcId: vpc.id, retentionDays: settings.retention.logsDays }, child);

    const subnets = subnetsOf(name, { use: "inside", vpcId: vpc.id, cidr, zones }, child);
    const routes = new aws.ec2.RouteTable(`${name}-inside-routes`, { vpcId: vpc.id }, child);
    const joined = subnets.map(
      (subnet, index) =>
        new aws.ec2.RouteTableAssociation(
          `${name}-inside-joins-${index}`,
          { subnetId: subnet.id, routeTableId: routes.id },
          child,
        ),
    );
    const groupFor = (use: string, description: string) =>
      new aws.ec2.SecurityGroup(`${name}-${use}-group`, { vpcId: vpc.id, description }, child);
    const inside = groupFor("inside", "Functions that call AWS services alone");
    const nat = network.internet === "nat" ? natFor(name, { vpcId: vpc.id, cidr, zones }, child) : undefined;
    const outward = nat && groupFor("outward", "Functions that call beyond AWS as well");

    const endpoints = new Endpoints(
      `${name}-endpoint`,
      {
        vpcId: vpc.id,
        region: settings.region,
        subnetIds: subnets.map(({ id }) => id),
        routeTableIds: [routes, ...(nat?.routeTables ?? [])].map(({ id }) => id),
        callers: { inside, ...(outward && { outward }) },
        foreignBuckets: settings.sources.flatMap((source) =>
          source.kind === "s3" && !isElsewhere(source, settings.region) ? [source.bucket] : [],
        ),
      },
      child,
    );
    const { s3, dynamodb } = endpoints.prefixLists;
    const out = (to: string, { id }: aws.ec2.SecurityGroup, rule: Partial<aws.vpc.SecurityGroupEgressRuleArgs>) =>
      new aws.vpc.SecurityGroupEgressRule(`${name}-${to}`, { securityGroupId: id, ...https, ...rule }, child);
    const ways = [
      out("inside-to-endpoints", inside, { referencedSecurityGroupId: endpoints.securityGroupId }),
      out("inside-to-s3", inside, { prefixListId: s3 }),
      out("inside-to-dynamodb", inside, { prefixListId: dynamodb }),
    ];
    this.#endpoints = endpoints;
    this.#inside = placeIn(subnets, inside, [...joined, ...ways]);
    if (nat && outward)
      this.#outward = placeIn(nat.subnets, outward, [
        ...nat.ways,
        out("outward-to-all", outward, { cidrIpv4: "0.0.0.0/0" }),
      ]);
    this.#grants = interfacesFor(
      pulumi.interpolate`arn:${aws.getPartitionOutput({}, child).partition}:ec2:${settings.region}:${aws.getCallerIdentityOutput({}, child).accountId}:*/*`,
    );
    this.registerOutputs();
  }

  /** Where a function runs that calls what `grants` name, and perhaps the internet. Undefined means outside. */
  placeFor(grants: readonly Statement[], internet: boolean): Place | undefined {
    const services = servicesOf(grants);
    // An endpoint leads to its own Region's service, and of several each asks the others.
    const beyond = internet || this.#isOneOfMany || !services.every(hasEndpoint);
    if (beyond) return this.#outward && { ...this.#outward, grants: this.#grants };
    const ways = [...this.#inside.ways, ...this.#endpoints.to(services)];
    return { ...this.#inside, ways, grants: this.#grants };
  }
}

/** Whether a source is reached by the internet, as another Region's S3 is too. */
export const isElsewhere = (source: Settings["sources"][number], region: string): boolean =>
  source.kind !== "s3" || source.endpoint !== undefined || (source.region ?? region) !== region;

const placeIn = (subnets: aws.ec2.Subnet[], group: aws.ec2.SecurityGroup, ways: pulumi.Resource[]) => ({
  vpcConfig: { subnetIds: subnets.map(({ id }) => id), securityGroupIds: [group.id] },
  ways,
});

const making = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];
const looking = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];

/**
 * Lambda makes a function's network interfaces with the function's own role, before it runs. Lambda asks for
 * leave on all of the Region's, and the function's code, whose calls alone bear its ARN, gets none of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const interfacesFor = (all: pulumi.Output<string>): Statement[] => [
  { Sid: "LambdaMakesInterfaces", Effect: "Allow", Action: making, Resource: all },
  { Sid: "LambdaLooksAtThem", Effect: "Allow", Action: looking, Resource: "*" },
  {
    Sid: "NotTheFunctionItself",
    Effect: "Deny",
    Action: [...making, ...looking, "ec2:DetachNetworkInterface"],
    Resource: "*",
    Condition: { Null: { "lambda:SourceFunctionArn": "false" } },
  },
];
