import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { digestClaims } from "../../handlers/aws/digest-claims.ts";
import { keysOnly, openTable } from "../dynamodb-rig.ts";

const name = "claims";
const now = () => new Date("2026-11-23T06:00:00.000Z");

async function start() {
  const { plain, documents, end } = await openTable(keysOnly(name));
  onTestFinished(end);
  const items = async () => (await plain.send(new ScanCommand({ TableName: name }))).Items ?? [];
  return { ...digestClaims(documents, name, now), items };
}

it("gives a mail to the first who claims it, of all who do at once, and to the next when it is given back", async () => {
  const { claim, release } = await start();
  const claims = await Promise.all(Array.from({ length: 5 }, () => claim("digest#2026-11-22#ab")));
  expect(claims.filter(Boolean)).toHaveLength(1);
  expect(await claim("digest#2026-11-22#cd")).toBe(true);
  await release("digest#2026-11-22#ab");
  expect(await claim("digest#2026-11-22#ab")).toBe(true);
  expect(await claim("digest#2026-11-22#cd")).toBe(false);
});

it("remembers a mail for longer than any call is repeated, and lets the table forget it then", async () => {
  const { claim, items } = await start();
  await claim("digest#2026-11-22#ab");
  expect((await items())[0]).toMatchObject({ expiresAt: { N: String(Date.parse("2026-12-23T06:00:00Z") / 1000) } });
});
