import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";

export interface ApiArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Catalog;
  incoming: Bucket;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** The API. Only callers of this account whose own policy lets them invoke its address get through. */
export class Api extends pulumi.ComponentResource {
  /** Without a slash at the end. */
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { settings, bundles, catalog, incoming, alarmTopicArn }: ApiArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Api", name, {}, opts);
    const child = { parent: this };
    const actor = new Actor(
      "api",
      {
        code: bundles.of("api"),
        memoryMegabytes: 512,
        timeoutSeconds: 15,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          INCOMING_BUCKET: incoming.name,
          LIMITS: JSON.stringify(settings.limits),
        },
        grants: [
          catalog.grant("GetItem", "PutItem"),
          catalog.grantListing(),
          // What it signs for others, it must be allowed itself.
          incoming.grant("PutObject", "uploads/*"),
        ],
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency: settings.concurrency.api,
        alarmTopicArn,
      },
      child,
    );
    const { functionUrl } = new aws.lambda.FunctionUrl(
      `${name}-url`,
      { functionName: actor.functionName, authorizationType: "AWS_IAM" },
      child,
    );
    this.url = functionUrl.apply((url) => url.replace(/\/$/, ""));
    this.registerOutputs({ url: this.url });
  }
}
