import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyOf, type Statement } from "./statement.ts";

/**
 * Services with an endpoint that a network pays for by the hour, by the prefix of their actions.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const interfaces: Readonly<Record<string, string>> = {
  athena: "athena",
  lambda: "lambda",
  rekognition: "rekognition",
  secretsmanager: "secretsmanager",
  ses: "email",
  sns: "sns",
  sqs: "sqs",
};
/** Those whose way is a line in a route table, for nothing. */
const gateways = ["s3", "dynamodb"] as const;

/** What statements let call, by the prefix of the actions. */
export const servicesOf = (grants: readonly Statement[]): string[] => [
  ...new Set(grants.flatMap(({ Action }) => Action.map((action) => action.split(":", 1)[0] ?? ""))),
];

/** Whether a service is reached by an endpoint. CloudFront, which is no Region's, is not. */
export const hasEndpoint = (service: string): boolean =>
  service in interfaces || gateways.some((gateway) => gateway === service);

export interface EndpointsArgs {
  vpcId: pulumi.Input<string>;
  region: string;
  subnetIds: pulumi.Input<string>[];
  routeTableIds: pulumi.Input<string>[];
  /** Security groups of the functions that call. */
  callers: Readonly<Record<string, aws.ec2.SecurityGroup>>;
  /** Buckets that sources name, which may be in another account. */
  foreignBuckets: readonly string[];
}

/** A network's ways to AWS's services: gateways from the beginning, the others once something in it calls them. */
export class Endpoints extends pulumi.ComponentResource {
  /** Prefix lists of the services with a gateway. */
  readonly prefixLists: Readonly<Record<(typeof gateways)[number], pulumi.Output<string>>>;
  readonly securityGroupId: pulumi.Output<string>;
  readonly #name: string;
  readonly #args: EndpointsArgs;
  readonly #made = new Map<string, aws.ec2.VpcEndpoint>();

  constructor(name: string, args: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Endpoints", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const child = { parent: this };
    const group = new aws.ec2.SecurityGroup(
      `${name}-group`,
      { vpcId: args.vpcId, description: "Endpoints of AWS services, for the functions alone" },
      child,
    );
    this.securityGroupId = group.id;
    for (const [use, caller] of Object.entries(args.callers))
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-${use}`,
        { securityGroupId: group.id, referencedSecurityGroupId: caller.id, ...https },
        child,
      );
    const { partition } = aws.getPartitionOutput({}, child);
    const foreign = args.foreignBuckets.map((bucket) => pulumi.interpolate`arn:${partition}:s3:::${bucket}`);
    const s3 = this.#gateway("s3", foreign.length > 0 ? [toForeign(foreign)] : []);
    const dynamodb = this.#gateway("dynamodb", []);
    this.prefixLists = { s3: s3.prefixListId, dynamodb: dynamodb.prefixListId };
    this.registerOutputs();
  }

  /** Ways to these services; what has no endpoint is left out. */
  to(services: readonly string[]): aws.ec2.VpcEndpoint[] {
    return services.filter(hasEndpoint).map((service) => this.#made.get(service) ?? this.#interface(service));
  }

  #gateway(service: (typeof gateways)[number], more: Statement[]): aws.ec2.VpcEndpoint {
    const { vpcId, routeTableIds } = this.#args;
    const within = { "aws:PrincipalAccount": ownAccount(), "aws:ResourceAccount": ownAccount() };
    return this.#make(service, {
      vpcId,
      vpcEndpointType: "Gateway",
      routeTableIds,
      policy: policyOf([through(service, within), ...more]),
    });
  }

  #interface(service: string): aws.ec2.VpcEndpoint {
    const { vpcId, subnetIds } = this.#args;
    return this.#make(service, {
      vpcId,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds,
      securityGroupIds: [this.securityGroupId],
      policy: policyOf([through(service, { "aws:PrincipalAccount": ownAccount() })]),
    });
  }

  #make(service: string, args: Omit<aws.ec2.VpcEndpointArgs, "serviceName">): aws.ec2.VpcEndpoint {
    const serviceName = `com.amazonaws.${this.#args.region}.${interfaces[service] ?? service}`;
    const made = new aws.ec2.VpcEndpoint(`${this.#name}-${service}`, { ...args, serviceName }, { parent: this });
    this.#made.set(service, made);
    return made;
  }
}

export const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 } as const;

const ownAccount = () => aws.getCallerIdentityOutput().accountId;

/** Credentials of another account, which somebody might bring along, open nothing. What each role may do, its policy says. */
const through = (service: string, within: Record<string, pulumi.Input<string>>): Statement => ({
  Effect: "Allow",
  Principal: "*",
  Action: [`${service}:*`],
  Resource: "*",
  Condition: { StringEquals: within },
});

const toForeign = (buckets: pulumi.Output<string>[]): Statement => ({
  Effect: "Allow",
  Principal: "*",
  Action: ["s3:ListBucket", "s3:GetObject", "s3:PutObject"],
  Resource: buckets.flatMap((arn) => [arn, pulumi.interpolate`${arn}/*`]),
});
