import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { dynamoPeople } from "../../handlers/aws/people.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { peopleContract } from "../contract/people.ts";
import { caller, createRig, region } from "../dynamodb-rig.ts";
import { memoryPeople } from "../fixtures/memory-people.ts";

peopleContract("in memory", async () => {
  const clock = { now: new Date() };
  return { people: memoryPeople(() => clock.now), clock, close: async () => {} };
});
peopleContract("on DynamoDB", dynamoRig);

describe("what lies in the table", () => {
  it("is hashes, and goes by itself", async () => {
    const { people, plain, clock, close } = await dynamoRig();
    const until = new Date(clock.now.getTime() + 60_000);
    await people.keepCode("h1", { email: "ann@example.com", until });
    await people.keepSession("h2", { email: "ann@example.com", until });
    await people.count("asked", "203.0.113.7", 3600);
    const { Items = [] } = await plain.send(new ScanCommand({ TableName: table.name }));
    expect(Items.map(({ pk, sk }) => `${pk?.S?.replace(/[0-9a-f]{64}/, "<hash>")} ${sk?.S}`).sort()).toEqual([
      "code#h1 code",
      `limit#asked#<hash> ${Math.floor(clock.now.getTime() / 3600_000) * 3600}`,
      "session#h2 session",
    ]);
    for (const { expiresAt } of Items) expect(Number(expiresAt?.N)).toBeGreaterThan(clock.now.getTime() / 1000);
    await close();
  });
});

const table: TableConfig = {
  name: "people",
  arn: `arn:aws:dynamodb:${region}:111122223333:table/people`,
  hashKey: "pk",
  rangeKey: "sk",
  attributes: ["pk", "sk"].map((name) => ({ name, type: "S" })),
  indexes: [],
  streams: false,
  region,
};

async function dynamoRig() {
  const rig = await createRig();
  await rig.close();
  await rig.open(table);
  const plain = new DynamoDBClient({
    region,
    endpoint: `http://127.0.0.1:${rig.port()}/aws/dynamodb`,
    credentials: { accessKeyId: caller.accessKeyId, secretAccessKey: caller.secretAccessKey },
    maxAttempts: 1,
  });
  const clock = { now: new Date() };
  const people = dynamoPeople(DynamoDBDocumentClient.from(plain), table.name, () => clock.now);
  return {
    people,
    plain,
    clock,
    async close() {
      plain.destroy();
      await rig.end();
    },
  };
}
