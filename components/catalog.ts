import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "./statement.ts";

export interface CatalogArgs {
  /** Refuse to delete the table, in AWS as well as in Pulumi. */
  protect: boolean;
  /** Regions that keep a replica of it, the table's own first. */
  regions: readonly [string, ...string[]];
}

/** The catalog as one Region sees it: the whole of it, under the same name everywhere. */
export interface Replica {
  readonly region: string;
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What changes in this Region, whether it was written here or elsewhere. */
  readonly streamArn: pulumi.Output<string>;
  /** Leave to do this to the table's items, such as `GetItem`. */
  grant(...actions: ItemAction[]): Statement;
  /** Leave to list pictures in the order in which they entered: all of them, those of one person, or those in review. */
  grantListing(...indexes: Index[]): Statement;
  /** Leave to do this in every other Region; nothing where there is none. */
  grantElsewhere(...actions: ItemAction[]): Statement[];
}

type ItemAction = "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query";
type Index = "by-entry" | "by-uploader" | "in-review";

/** The DynamoDB table that keeps every picture's record, and whose changes wake the actors. */
export class Catalog extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly #replicas: ReadonlyMap<string, { arn: pulumi.Output<string>; streamArn: pulumi.Output<string> }>;

  constructor(name: string, { protect, regions }: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Catalog", name, {}, { protect, ...opts });
    const [home, ...others] = regions;
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
        // Encryption and the time to live are the table's own everywhere.
        replicas:
          others.length === 0
            ? undefined
            : others.map((regionName) => ({
                regionName,
                pointInTimeRecovery: true,
                deletionProtectionEnabled: protect,
                propagateTags: true,
              })),
      },
      { parent: this },
    );
    this.name = table.name;
    this.#replicas = new Map([[home, table], ...others.map((region) => [region, replicaOf(table, region)] as const)]);
    this.registerOutputs({ name: this.name });
  }

  /** The replica of a Region. */
  at(region: string): Replica {
    const { arn, streamArn } = this.#in(region);
    const items = (actions: ItemAction[], resource: Statement["Resource"]) =>
      allow(
        actions.map((action) => `dynamodb:${action}`),
        resource,
      );
    const elsewhere = [...this.#replicas].filter(([name]) => name !== region).map(([, replica]) => replica.arn);
    return {
      region,
      name: this.name,
      arn,
      streamArn,
      grant: (...actions) => items(actions, arn),
      grantListing: (...indexes) =>
        allow(
          ["dynamodb:Query"],
          indexes.map((name) => pulumi.interpolate`${arn}/index/${name}`),
        ),
      grantElsewhere: (...actions) => (elsewhere.length === 0 ? [] : [items(actions, elsewhere)]),
    };
  }

  #in(region: string) {
    const replica = this.#replicas.get(region);
    if (replica === undefined)
      throw new Error(`REPLICA_MISSING: Expected one of ${[...this.#replicas.keys()].join(", ")}, received ${region}.`);
    return replica;
  }
}

function replicaOf({ replicas }: aws.dynamodb.Table, region: string) {
  const replica = replicas.apply((all) => all?.find(({ regionName }) => regionName === region));
  return {
    arn: replica.apply((found) => found?.arn ?? ""),
    streamArn: replica.apply((found) => found?.streamArn ?? ""),
  };
}

const index = (name: string, hash: string): aws.types.input.dynamodb.TableGlobalSecondaryIndex => ({
  name,
  keySchemas: [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: "enteredAt", keyType: "RANGE" },
  ],
  projectionType: "ALL",
});
