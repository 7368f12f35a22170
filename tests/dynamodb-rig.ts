import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { createDynamo, type Dynamo } from "../local/aws/dynamodb/dynamo.ts";
import type { StreamRecord, TableConfig } from "../local/aws/dynamodb/types.ts";
import { createAuthorizer } from "../local/aws/iam.ts";
import { authenticate } from "../local/aws/signature.ts";
import type { Identity, Statement } from "../local/aws/types.ts";

/** One table of the laptop's DynamoDB behind a real port, and the SDK to talk to it. */
export const region = "eu-west-1";
export const arn = `arn:aws:dynamodb:${region}:111122223333:table/catalog`;
export const catalog: TableConfig = {
  name: "catalog",
  arn,
  streamArn: `${arn}/stream/2026-01-01T00:00:00.000`,
  hashKey: "id",
  attributes: ["id", "status", "changedAt"].map((name) => ({ name, type: "S" })),
  indexes: [{ name: "byStatus", hashKey: "status", rangeKey: "changedAt", projection: "ALL" }],
  ttlAttribute: "expires",
  streams: true,
  region,
};
export const TableName = catalog.name;
export const caller: Identity = {
  arn: "arn:aws:iam::111122223333:user/operator",
  accessKeyId: "AKIA",
  secretAccessKey: "secret",
  policies: [],
};

export type Rig = Awaited<ReturnType<typeof createRig>>;

export async function createRig(first: TableConfig = catalog) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-dynamodb-"));
  const clock = { now: Date.now() };
  const everything: Statement = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" };
  const grants = { policy: everything };
  let server: Server;
  let dynamo: Dynamo;
  let client: DynamoDBDocumentClient;

  const port = () => (server.address() as AddressInfo).port;
  async function open(table: TableConfig = first) {
    const identity = () => ({ ...caller, policies: [{ Statement: grants.policy }] });
    const identityOf = (id: string) => (id === caller.accessKeyId ? identity() : undefined);
    const deps = { identityOf, authorize: createAuthorizer() };
    dynamo = await createDynamo({ dir, tables: [table], deps, authenticate, now: () => clock.now, ttlEveryMs: 20 });
    server = createServer((request, response) => void dynamo.endpoint(request, response));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    client = clientOf(port());
  }
  async function close() {
    client.destroy();
    server.close();
    server.closeAllConnections();
    await dynamo.close();
  }
  await open();

  return {
    dir,
    port,
    clock,
    grants,
    open,
    close,
    end: async () => {
      await close();
      await rm(dir, { recursive: true });
    },
    send: ((command: never) => client.send(command)) as DynamoDBDocumentClient["send"],
    put: (Item: Record<string, unknown>, more: object = {}) =>
      client.send(new PutCommand({ TableName, Item, ...more })),
    get: async (id: string) => (await client.send(new GetCommand({ TableName, Key: { id } }))).Item,
    remove: (id: string) => client.send(new DeleteCommand({ TableName, Key: { id } })),
    set: (id: string, status: string, more: object = {}) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { id },
          UpdateExpression: "SET #status = :status",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":status": status },
          ...more,
        }),
      ),
    batch: (...requests: object[]) =>
      client.send(new BatchWriteCommand({ RequestItems: { catalog: requests as never } })),
    query: async (status: string) => {
      const input = { TableName, IndexName: "byStatus", KeyConditionExpression: "#status = :status" };
      const names = { ExpressionAttributeNames: { "#status": "status" } };
      const values = { ExpressionAttributeValues: { ":status": status } };
      return (await client.send(new QueryCommand({ ...input, ...names, ...values }))).Items!;
    },
    log: () => dynamo.stream(catalog.streamArn!),
    stream: (after?: string): Promise<StreamRecord[]> => dynamo.stream(catalog.streamArn!).read(after, 100_000),
  };
}

/** One table and the clients with which the functions reach it. */
export async function openTable(table: TableConfig) {
  const rig = await createRig(table);
  const plain = plainClientOf(rig.port());
  return {
    plain,
    documents: DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } }),
    async end() {
      plain.destroy();
      await rig.end();
    },
  };
}

/** A table of a name, with the catalog's keys and nothing beside them. */
export const keysOnly = (name: string): TableConfig => ({
  name,
  arn: `arn:aws:dynamodb:${region}:111122223333:table/${name}`,
  hashKey: "pk",
  rangeKey: "sk",
  attributes: ["pk", "sk"].map((attribute) => ({ name: attribute, type: "S" })),
  indexes: [],
  streams: false,
  region,
});

export const clientOf = (port: number, at = region) => DynamoDBDocumentClient.from(plainClientOf(port, at));

const plainClientOf = (port: number, at = region) =>
  new DynamoDBClient({
    region: at,
    endpoint: `http://127.0.0.1:${port}/aws/dynamodb`,
    credentials: { accessKeyId: caller.accessKeyId, secretAccessKey: caller.secretAccessKey },
    maxAttempts: 1,
  });
