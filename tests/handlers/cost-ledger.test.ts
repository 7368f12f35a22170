import { ScanCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { costLedger, shards } from "../../handlers/aws/cost-ledger.ts";
import type { CostLedger } from "../../handlers/costs/ledger.ts";
import { keysOnly, openTable } from "../dynamodb-rig.ts";
import { memoryCosts } from "../fixtures/memory-costs.ts";

const table = "costs";
const timeZone = "Europe/Berlin";
const noon = new Date("2026-11-22T12:00:00.000Z");

interface Rig {
  /** One more process that counts in the same place. */
  readonly open: () => CostLedger;
  close(): Promise<void>;
}

async function dynamoRig(): Promise<Rig> {
  const { documents, end } = await openTable(keysOnly(table));
  return { open: () => costLedger(documents, table, timeZone), close: end };
}

async function memoryRig(): Promise<Rig> {
  const ledger = memoryCosts(timeZone);
  return { open: () => ledger, close: async () => {} };
}

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

describe.each([
  ["in memory", memoryRig],
  ["on DynamoDB", dynamoRig],
])("a ledger of costs %s", (_, start) => {
  async function opened(processes = 1) {
    const rig = await start();
    open.push(rig);
    return Array.from({ length: processes }, rig.open) as [CostLedger, ...CostLedger[]];
  }
  const times = async (count: number, call: () => Promise<boolean>) => {
    const answers = [];
    for (let time = 0; time < count; time++) answers.push(await call());
    return answers.filter(Boolean).length;
  };

  // Fewer than there are shards, as many, more, and what is left over after whole calls.
  it.each([0, 8999, 9000, 5 * 9000, 8 * 9000, 100_000, 21 * 9000 + 8999])(
    "lets as many calls be made as fit into a budget of %i millionths, and no other",
    async (budget) => {
      const [ledger] = await opened();
      const fit = Math.floor(budget / 9000);
      expect(await times(fit + 3, () => ledger.count("tinify", { price: 9000, budget }, noon))).toBe(fit);
      expect(await ledger.read("tinify", "2026-11")).toMatchObject({ calls: fit, spent: fit * 9000 });
    },
  );

  it("holds the budget to the call when many processes spend it at once", async () => {
    const terms = { price: 1000, budget: 77_500 };
    const ledgers = await opened(6);
    const perProcess = await Promise.all(
      ledgers.map(async (ledger) => {
        const answers = await Promise.all(Array.from({ length: 30 }, () => ledger.count("rekognition", terms, noon)));
        return answers.filter(Boolean).length;
      }),
    );
    expect(perProcess.reduce((sum, calls) => sum + calls, 0)).toBe(77);
    expect(await ledgers[0].read("rekognition", "2026-11")).toMatchObject({ calls: 77, spent: 77_000 });
  }, 120_000);

  it("counts without a limit where there is no budget", async () => {
    const [ledger] = await opened();
    expect(await times(20, () => ledger.count("http", { price: 2500 }, noon))).toBe(20);
    expect(await ledger.read("http", "2026-11")).toEqual({
      calls: 20,
      spent: 50_000,
      days: { "2026-11-22": { calls: 20, spent: 50_000 } },
    });
  });

  it("keeps providers and months apart: a spent month ends with the month, in UTC", async () => {
    const [ledger] = await opened();
    const terms = { price: 1000, budget: 2000 };
    const last = new Date("2026-11-30T23:59:59.999Z");
    expect(await times(4, () => ledger.count("tinify", terms, last))).toBe(2);
    expect(await times(4, () => ledger.count("http", terms, last))).toBe(2);
    expect(await times(4, () => ledger.count("tinify", terms, new Date("2026-12-01T00:00:00Z")))).toBe(2);
  });

  it("tells days apart by the clocks of its time zone, also one that lies in two months", async () => {
    const [ledger] = await opened();
    const count = (at: string) => ledger.count("tinify", { price: 9000 }, new Date(at));
    for (const at of ["2026-11-29T22:59:59Z", "2026-11-29T23:00:00Z", "2026-11-30T23:00:00Z"]) await count(at);
    await count("2026-12-01T00:00:00Z");
    const one = { calls: 1, spent: 9000 };
    expect((await ledger.read("tinify", "2026-11")).days).toEqual({
      "2026-11-29": one,
      "2026-11-30": one,
      "2026-12-01": one,
    });
    expect((await ledger.read("tinify", "2026-12")).days).toEqual({ "2026-12-01": one });
  });

  it("goes on from what was spent at another price, and never beyond the budget", async () => {
    const [ledger] = await opened();
    expect(await times(16, () => ledger.count("tinify", { price: 9000, budget: 400_000 }, noon))).toBe(16);
    const dearer = { price: 13_000, budget: 400_000 };
    await times(40, () => ledger.count("tinify", dearer, noon));
    expect((await ledger.read("tinify", "2026-11")).spent).toBeLessThanOrEqual(400_000);
  });
});

describe("on DynamoDB", () => {
  async function started() {
    const { plain, documents, end } = await openTable(keysOnly(table));
    onTestFinished(end);
    let writes = 0;
    const send = async (command: Parameters<DynamoDBDocumentClient["send"]>[0]) => {
      if (command.constructor.name === "UpdateCommand") writes += 1;
      return documents.send(command);
    };
    const items = async () => (await plain.send(new ScanCommand({ TableName: table }))).Items ?? [];
    const counting = { send } as unknown as DynamoDBDocumentClient;
    return { ledger: costLedger(counting, table, timeZone), documents, items, writes: () => writes };
  }

  it("spreads calls over all shards, and a call is one write; none once it is known that nothing is left", async () => {
    const { ledger, items, writes } = await started();
    const terms = { price: 1000, budget: 2000 * shards };
    for (let call = 0; call < shards; call++) await ledger.count("rekognition", terms, noon);
    expect((await items()).map((item) => item["calls"]?.N)).toEqual(Array(shards).fill("1"));
    expect(writes()).toBe(shards);
    for (let call = 0; call < shards + 1; call++) await ledger.count("rekognition", terms, noon);
    const before = writes();
    expect(before).toBe(3 * shards);
    expect(await ledger.count("rekognition", terms, noon)).toBe(false);
    expect(writes()).toBe(before);
  });

  it("keeps a month's item below 2 KB, and lets the table forget it after a year", async () => {
    const { documents, items } = await started();
    // Of a zone whose days lie furthest across the months.
    const ledger = costLedger(documents, table, "Pacific/Kiritimati");
    for (let day = 0; day < 31; day++)
      for (const hour of [0, 23])
        for (let shard = 0; shard < shards; shard++)
          await ledger.count("rekognition", { price: 999_999 }, new Date(Date.UTC(2026, 9, 1 + day, hour)));
    for (const item of await items()) {
      const bytes = Object.entries(item).reduce(
        (sum, [name, value]) => sum + name.length + JSON.stringify(value).length,
        0,
      );
      expect(bytes).toBeLessThan(2048);
      expect(Number(item["expiresAt"]?.N)).toBeGreaterThan(Date.UTC(2027, 10, 1) / 1000);
    }
  });

  it("counts nothing it could not write, and says so: nobody is let through", async () => {
    const broken = { send: async () => Promise.reject(new Error("out of reach")) } as unknown as DynamoDBDocumentClient;
    await expect(costLedger(broken, table, timeZone).count("tinify", { price: 1 }, noon)).rejects.toThrow(
      "out of reach",
    );
  });
});
