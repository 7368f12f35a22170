import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { envOf } from "../handlers/env.ts";
import type { Network } from "./network.ts";
import { countOutcomes } from "./outcomes.ts";
import { allow, policyOf, type Statement } from "./statement.ts";
import { watchFunction } from "./watch-function.ts";

/** Functions of which handlers/env.ts knows the environment. */
export type ActorName = keyof typeof envOf;

/** Actors of a stack's own have the environment that its settings give them. */
type AnyName = ActorName | "custom";
type EnvironmentOf<N extends AnyName> = N extends ActorName ? keyof (typeof envOf)[N] : string;

export interface ActorArgs<N extends AnyName> {
  /** Folder of its bundle. */
  code: pulumi.Input<pulumi.asset.Archive>;
  /** Lambda's runtime, what it calls, and the processor it runs on. @default a bundle of ours: Node, index.handler, arm64 */
  runs?: { runtime: string; handler: string; architecture: string };
  /** ARNs of layers. @default none */
  layers?: pulumi.Input<string>[];
  memoryMegabytes: number;
  timeoutSeconds: number;
  /** Exactly the variables that its handler reads. */
  environment: Record<EnvironmentOf<N>, pulumi.Input<string>>;
  /** What it may do, beyond writing its log and its traces. */
  grants: Statement[];
  logRetentionDays: number;
  /** Share of the account's concurrency set aside for it, and its limit. @default none */
  reservedConcurrency?: number;
  /** Where it runs. @default in no network of ours */
  network?: Network;
  /** It calls what is not AWS's. @default false */
  internet?: boolean;
  /** Topic that hears its alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** One Lambda function with a role, a log group whose outcomes are counted, and alarms of its own. */
export class Actor<N extends AnyName> extends pulumi.ComponentResource {
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly roleName: pulumi.Output<string>;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
  /** Its alarms' topic, for what is hung on to it. */
  readonly alarmTopicArn?: pulumi.Input<string>;

  /** The same code may run more than once, each with a name that goes on from the actor's. */
  constructor(name: N | `${N}-${string}`, args: ActorArgs<N>, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Actor", name, {}, opts);
    const child = { parent: this };
    const { runs = bundled } = args;
    // Made first: a function that runs before its log group makes one that never expires.
    const logs = new aws.cloudwatch.LogGroup(`${name}-logs`, { retentionInDays: args.logRetentionDays }, child);
    countOutcomes(name, logs.name, child);
    const place = args.network?.placeFor(args.grants, args.internet ?? false);
    const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy: policyOf([assumedByLambda]) }, child);
    const grants = [
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logs.arn}:*`),
      // X-Ray knows no resources to narrow this to.
      allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
      ...args.grants,
      ...(place?.grants ?? []),
    ];
    const policy = new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: policyOf(grants) }, child);
    const fn = new aws.lambda.Function(
      `${name}-fn`,
      {
        runtime: runs.runtime,
        architectures: [runs.architecture],
        handler: runs.handler,
        code: args.code,
        layers: args.layers,
        role: role.arn,
        memorySize: args.memoryMegabytes,
        timeout: args.timeoutSeconds,
        environment: { variables: args.environment },
        tracingConfig: { mode: "Active" },
        loggingConfig: { logFormat: "JSON", logGroup: logs.name },
        reservedConcurrentExecutions: args.reservedConcurrency,
        vpcConfig: place?.vpcConfig,
      },
      { ...child, dependsOn: [policy, ...(place?.ways ?? [])] },
    );
    this.functionArn = fn.arn;
    this.functionName = fn.name;
    this.roleName = role.name;
    this.timeoutSeconds = args.timeoutSeconds;
    this.reservedConcurrency = args.reservedConcurrency;
    this.alarmTopicArn = args.alarmTopicArn;
    if (args.alarmTopicArn !== undefined) watchFunction(name, fn.name, args.timeoutSeconds, args.alarmTopicArn, child);
    this.registerOutputs({ functionArn: this.functionArn });
  }

  /** Adds to its role what some trigger needs. Whatever uses it depends on it. */
  permit(name: string, grants: Statement[], opts: pulumi.CustomResourceOptions): aws.iam.RolePolicy {
    return new aws.iam.RolePolicy(name, { role: this.roleName, policy: policyOf(grants) }, opts);
  }
}

const bundled = { runtime: aws.lambda.Runtime.NodeJS24dX, handler: "index.handler", architecture: "arm64" };

const assumedByLambda: Statement = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: ["sts:AssumeRole"],
};
