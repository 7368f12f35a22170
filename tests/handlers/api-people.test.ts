import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { dynamoPeople } from "../../handlers/aws/people.ts";
import { peopleContract } from "../contract/people.ts";
import { keysOnly, openTable } from "../dynamodb-rig.ts";
import { memoryPeople } from "../fixtures/memory-people.ts";

const name = "people";

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
    const { Items = [] } = await plain.send(new ScanCommand({ TableName: name }));
    expect(Items.map(({ pk, sk }) => `${pk?.S?.replace(/[0-9a-f]{64}/, "<hash>")} ${sk?.S}`).sort()).toEqual([
      "code#h1 code",
      `limit#asked#<hash> ${Math.floor(clock.now.getTime() / 3600_000) * 3600}`,
      "session#h2 session",
    ]);
    for (const { expiresAt } of Items) expect(Number(expiresAt?.N)).toBeGreaterThan(clock.now.getTime() / 1000);
    await close();
  });
});

async function dynamoRig() {
  const { plain, documents, end } = await openTable(keysOnly(name));
  const clock = { now: new Date() };
  return { people: dynamoPeople(documents, name, () => clock.now), plain, clock, close: end };
}
