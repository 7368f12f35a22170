import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "./statement.ts";

export interface CatalogArgs {
  /** Refuse to delete the table, in AWS as well as in Pulumi. */
  protect: boolean;
}

/** The DynamoDB table that keeps every picture's record, and whose changes wake the actors. */
export class Catalog extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly streamArn: pulumi.Output<string>;

  constructor(name: string, { protect }: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Catalog", name, {}, { protect, ...opts });
    const table = new aws.dynamodb.Table(
      `${name}-table`,
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: ["pk", "sk", "shard", "enteredAt"].map((attribute) => ({ name: attribute, type: "S" })),
        globalSecondaryIndexes: [
          {
            name: "by-entry",
            keySchemas: [
              { attributeName: "shard", keyType: "HASH" },
              { attributeName: "enteredAt", keyType: "RANGE" },
            ],
            projectionType: "ALL",
          },
        ],
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        ttl: { enabled: true, attributeName: "expiresAt" },
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: protect,
      },
      { parent: this },
    );
    this.name = table.name;
    this.arn = table.arn;
    this.streamArn = table.streamArn;
    this.registerOutputs({ name: this.name, arn: this.arn, streamArn: this.streamArn });
  }

  /** Leave to do this to the table's items, such as `GetItem`. */
  grant(...actions: ("GetItem" | "PutItem" | "UpdateItem")[]): Statement {
    return allow(
      actions.map((action) => `dynamodb:${action}`),
      this.arn,
    );
  }

  /** Leave to list pictures by the day they entered. */
  grantListing(): Statement {
    return allow(["dynamodb:Query"], pulumi.interpolate`${this.arn}/index/by-entry`);
  }
}
