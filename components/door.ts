import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Actor, ActorName } from "./actor.ts";
import { Secret } from "./secret.ts";

export interface DoorArgs {
  logRetentionDays: number;
  /** Keep the deleted secret for 30 days. */
  protect: boolean;
  /** What the distribution says. @default a text of its own */
  secret?: pulumi.Input<string>;
}

export interface RouteArgs {
  /** Method and path, such as `ANY /api/{proxy+}`. */
  key: `${"ANY" | "GET"} /${string}`;
  actor: Actor<ActorName>;
}

/**
 * The HTTP API behind the page's distribution. Its own address is public as well, so the distribution
 * proves itself by a text that nobody else knows. None of its routes has an authorizer: the API looks
 * at the session itself, and a source's function at the signature of the service that calls.
 */
export class Door extends pulumi.ComponentResource {
  readonly apiId: pulumi.Output<string>;
  /** Name of its only stage. */
  readonly stage: pulumi.Output<string>;
  /** Host name of the HTTP API. */
  readonly domainName: pulumi.Output<string>;
  /** What the distribution says in the header `x-darkroom-door`. */
  readonly secret: Secret;
  readonly #api: aws.apigatewayv2.Api;

  constructor(name: string, args: DoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Door", name, {}, opts);
    const child = { parent: this };
    const { logRetentionDays, protect, secret } = args;
    const password = () =>
      aws.secretsmanager.getRandomPasswordOutput({ passwordLength: 64, excludePunctuation: true }, child);
    const description = "What proves that a request came by the page";
    this.secret = new Secret(
      name,
      secret === undefined
        ? // Made anew at every look, so that the first has to be kept.
          { value: password().randomPassword, keepFirst: true, description, protect }
        : { value: secret, description, protect },
      child,
    );
    this.#api = new aws.apigatewayv2.Api(`${name}-api`, { protocolType: "HTTP", description: "Darkroom" }, child);
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        // With this beginning AWS needs no policy for each group, of which a Region holds few.
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
        name: `/aws/vendedlogs/${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        retentionInDays: logRetentionDays,
      },
      child,
    );
    const stage = new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: this.#api.id,
        name: "$default",
        autoDeploy: true,
        defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 200 },
        accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(accessLog) },
      },
      child,
    );
    this.apiId = this.#api.id;
    this.stage = stage.id;
    this.domainName = this.#api.apiEndpoint.apply((address) => new URL(address).host);
    this.registerOutputs({ domainName: this.domainName });
  }

  /** Leads what comes to a path to a function, as an event of payload 2.0. */
  route(name: string, { key, actor }: RouteArgs): void {
    const child = { parent: this };
    const [method, path] = key.split(" ") as [string, string];
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: this.#api.id,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: actor.functionArn,
        payloadFormatVersion: "2.0",
      },
      child,
    );
    const permission = new aws.lambda.Permission(
      `${name}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: actor.functionName,
        principal: "apigateway.amazonaws.com",
        // Any stage, this path alone; API Gateway asks with the route's own text, braces and all.
        sourceArn: pulumi.interpolate`${this.#api.executionArn}/*/${method === "ANY" ? "*" : method}${path}`,
        sourceAccount: aws.getCallerIdentityOutput().accountId,
      },
      child,
    );
    new aws.apigatewayv2.Route(
      `${name}-route`,
      { apiId: this.#api.id, routeKey: key, target: pulumi.interpolate`integrations/${integration.id}` },
      { ...child, dependsOn: permission },
    );
  }
}

/** No query string: a webhook's may hold a key. */
const accessLog = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  method: "$context.httpMethod",
  path: "$context.path",
  route: "$context.routeKey",
  status: "$context.status",
  protocol: "$context.protocol",
  bytes: "$context.responseLength",
  milliseconds: "$context.responseLatency",
  sourceIp: "$context.identity.sourceIp",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
};
