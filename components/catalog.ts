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
        attributes: ["pk", "sk", "shard", "uploader", "waiting", "enteredAt"].map((attribute) => ({
          name: attribute,
          type: "S",
        })),
        // The second holds only what a person handed in, the third only what waits for a reviewer.
        globalSecondaryIndexes: [
          index("by-entry", "shard"),
          index("by-uploader", "uploader"),
          index("in-review", "waiting"),
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
  grant(...actions: ("GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query")[]): Statement {
    return allow(
      actions.map((action) => `dynamodb:${action}`),
      this.arn,
    );
  }

  /**
   * Leave to read pictures' records, and to write this one attribute of them and no other. IAM counts what a condition
   * names as well, so such a write can depend on nothing but the record's being there.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  grantOwn(attribute: string): Statement[] {
    const ofPictures = { "dynamodb:LeadingKeys": ["picture#*"] };
    return [
      { ...this.grant("GetItem"), Condition: { "ForAllValues:StringLike": ofPictures } },
      {
        ...this.grant("UpdateItem"),
        Condition: {
          "ForAllValues:StringLike": ofPictures,
          "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", attribute] },
        },
      },
    ];
  }

  /** Leave to list pictures in the order in which they entered: all of them, those of one person, or those in review. */
  grantListing(...indexes: ("by-entry" | "by-uploader" | "in-review")[]): Statement {
    return allow(
      ["dynamodb:Query"],
      indexes.map((name) => pulumi.interpolate`${this.arn}/index/${name}`),
    );
  }
}

const index = (name: string, hash: string): aws.types.input.dynamodb.TableGlobalSecondaryIndex => ({
  name,
  keySchemas: [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: "enteredAt", keyType: "RANGE" },
  ],
  projectionType: "ALL",
});
