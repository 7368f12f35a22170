import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Catalog } from "../ports.ts";
import type { OwnReplica, RegionState, Replica } from "../regions/state.ts";
import { dynamoCatalog } from "./catalog.ts";
import { unlessRefused } from "./conditional.ts";
import { documentsOf } from "./documents.ts";

/** The catalog's table in this Region, with what is said of the Regions at `pk = region#<name>`. */
export function ownReplica(client: DynamoDBDocumentClient, table: string, region: string): OwnReplica {
  return {
    ...replica(client, table, region),
    say: (of, state, before) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...keyOf(of), ...state },
            ConditionExpression: before === undefined ? "attribute_not_exists(#at)" : "#at = :before",
            ExpressionAttributeNames: { "#at": "at" },
            ExpressionAttributeValues: before && { ":before": before.at },
          }),
        ),
      ),
  };
}

export interface Peer extends Replica {
  /** In which the records of what is at home there are written. */
  readonly catalog: Catalog;
}

/** The same table in each other Region of the stack. */
export const peersOf = (
  { CATALOG_TABLE, REGIONS }: { readonly CATALOG_TABLE: string; readonly REGIONS: readonly string[] },
  own: string,
): readonly Peer[] =>
  REGIONS.filter((region) => region !== own).map((region) => {
    const client = documentsOf(impatient(region));
    return { ...replica(client, CATALOG_TABLE, region), catalog: dynamoCatalog(client, CATALOG_TABLE) };
  });

/** How a client asks another Region: once or twice and no longer, as one that is lost is to hold nobody up. */
export const impatient = (region: string) => ({
  region,
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000 },
});

export function replica(client: DynamoDBDocumentClient, table: string, region: string): Replica {
  const { get } = dynamoCatalog(client, table);
  return {
    region,
    get,
    async state(of) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: keyOf(of), ConsistentRead: true }));
      return Item && stateOf(Item);
    },
  };
}

const keyOf = (region: string) => ({ pk: `region#${region}`, sk: "state" });

const stateOf = ({ out, at, by }: Record<string, unknown>): RegionState => ({
  out: out === true,
  at: String(at),
  by: String(by),
});
