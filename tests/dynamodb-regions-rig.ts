import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { createDynamo, type Dynamo, type DynamoDeps } from "../local/aws/dynamodb/dynamo.ts";
import type { TableConfig } from "../local/aws/dynamodb/types.ts";
import { createAuthorizer } from "../local/aws/iam.ts";
import { authenticate } from "../local/aws/signature.ts";
import type { Statement } from "../local/aws/types.ts";
import { arn, caller, catalog, clientOf, TableName } from "./dynamodb-rig.ts";

/** The catalog as it stands in a Region. */
export const replicaIn = (region: string): TableConfig => {
  const own = arn.replace("eu-west-1", region);
  return { ...catalog, region, arn: own, streamArn: `${own}/stream/2026-01-01T00:00:00.000` };
};

export type RegionsRig = Awaited<ReturnType<typeof createRegionsRig>>;

/** One table with replicas behind a real port, and an SDK client for each Region. */
export async function createRegionsRig(regions: readonly string[], options: Partial<DynamoDeps> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-regions-"));
  const clock = { now: Date.now() };
  const grants: { policy: Statement } = { policy: { Effect: "Allow", Action: "dynamodb:*", Resource: "*" } };
  let server: Server;
  let dynamo: Dynamo;
  let clients = new Map<string, DynamoDBDocumentClient>();

  async function open(names: readonly string[] = regions, more: Partial<DynamoDeps> = {}) {
    const identity = () => ({ ...caller, policies: [{ Statement: grants.policy }] });
    const identityOf = (id: string) => (id === caller.accessKeyId ? identity() : undefined);
    const deps = { identityOf, authorize: createAuthorizer() };
    const tables = names.map(replicaIn);
    dynamo = await createDynamo({ dir, tables, deps, authenticate, ttlEveryMs: 20, ...options, ...more });
    server = createServer((request, response) => void dynamo.endpoint(request, response));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as AddressInfo;
    clients = new Map(names.map((name) => [name, clientOf(port, name)]));
  }
  async function close() {
    for (const client of clients.values()) client.destroy();
    server.close();
    server.closeAllConnections();
    await dynamo.close();
  }
  await open();

  return {
    clock,
    grants,
    open,
    close,
    dynamo: () => dynamo,
    async end() {
      await close();
      await rm(dir, { recursive: true });
    },
    client: (region: string) => clients.get(region)!,
    at(region: string) {
      const client = clients.get(region)!;
      return {
        put: (Item: Record<string, unknown>, more: object = {}) =>
          client.send(new PutCommand({ TableName, Item, ...more })),
        get: async (id: string) => (await client.send(new GetCommand({ TableName, Key: { id } }))).Item,
        remove: (id: string) => client.send(new DeleteCommand({ TableName, Key: { id } })),
        set: (id: string, name: string, value: unknown, more: object = {}) =>
          client.send(
            new UpdateCommand({
              TableName,
              Key: { id },
              UpdateExpression: "SET #name = :value",
              ExpressionAttributeNames: { "#name": name },
              ExpressionAttributeValues: { ":value": value },
              ...more,
            }),
          ),
        all: async () =>
          ((await client.send(new ScanCommand({ TableName }))).Items ?? []).toSorted((a, b) =>
            String(a["id"]).localeCompare(String(b["id"])),
          ),
        byStatus: async (status: string) => {
          const by = { IndexName: "byStatus", KeyConditionExpression: "#status = :status" };
          const names = { ExpressionAttributeNames: { "#status": "status" } };
          const values = { ExpressionAttributeValues: { ":status": status } };
          return (await client.send(new QueryCommand({ TableName, ...by, ...names, ...values }))).Items ?? [];
        },
        stream: () => dynamo.stream(replicaIn(region).streamArn!).read(undefined, 1000),
      };
    },
  };
}
