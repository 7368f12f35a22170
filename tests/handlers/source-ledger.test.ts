import { afterEach, describe, expect, it } from "vitest";
import { sourceLedger } from "../../handlers/aws/source-ledger.ts";
import { standings } from "../../handlers/aws/standings.ts";
import type { SourceLedger } from "../../handlers/ports.ts";
import type { Tick } from "../../handlers/pull.ts";
import { type Kept, standingOf } from "../../handlers/standing.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { tablesOf } from "../../local/wiring/tables.ts";
import { openTable } from "../dynamodb-rig.ts";
import { memoryLedger } from "../fixtures/memory-source.ts";
import { stackGraph } from "../graph/stacks.ts";

interface Rig {
  readonly ledger: SourceLedger;
  /** What is kept of a source, for those who look after it. */
  readonly kept?: (name: string) => Promise<Kept>;
  close(): Promise<void>;
}

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

/** Closed when the test ends. */
async function opened(start: () => Promise<Rig>): Promise<Rig> {
  const rig = await start();
  open.push(rig);
  return rig;
}

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 12, minute)).toISOString();
const tick = (minute: number, more: Partial<Tick> = {}): Tick => ({
  at: at(minute),
  pages: 1,
  queued: 2,
  deleted: 0,
  skipped: {},
  ...more,
});
const away = { code: "UNAVAILABLE", sentence: "[studio] UNAVAILABLE: no answer" } as const;

describe.each([
  ["in memory", async (): Promise<Rig> => ({ ledger: memoryLedger(), close: async () => {} })],
  ["on DynamoDB, in the table that the stack makes", dynamoRig],
])("a source's ledger %s", (_, start) => {
  it("moves its cursor for whoever saw the last one, and for nobody else", async () => {
    const { ledger } = await opened(start);
    expect(await ledger.load()).toEqual({ cursor: undefined, turn: 0 });
    expect(await ledger.move(0, "one")).toBe(true);
    expect(await ledger.move(0, "another")).toBe(false);
    expect(await ledger.load()).toEqual({ cursor: "one", turn: 1 });
    expect(await ledger.move(1, "two")).toBe(true);
    expect(await ledger.move(1, "late")).toBe(false);
    expect(await ledger.load()).toEqual({ cursor: "two", turn: 2 });
  });

  it("lets one of many begin a look that was called for, and none while it lasts or just after", async () => {
    const { ledger } = await opened(start);
    const call = (sent: number, rested: number) => ({ sentAt: at(sent), rested: at(rested), againUntil: at(0) });
    const all = await Promise.all(Array.from({ length: 8 }, () => ledger.begin(at(1), at(6), call(0, 0))));
    expect(all.sort()).toEqual([...Array(7).fill("answered"), "begun"]);
    expect(await ledger.begin(at(2), at(7), call(1, 1))).toBe("answered");
    expect(await ledger.begin(at(3), at(8), call(2, 2))).toBe("soon");
    await ledger.report(tick(1));
    expect(await ledger.begin(at(3), at(8), call(2, 0))).toBe("soon");
    expect(await ledger.begin(at(3), at(8), call(2, 2))).toBe("begun");
    expect(await ledger.begin(at(4), at(9))).toBe("begun");
    // What has not ended in its time never will.
    expect(await ledger.begin(at(20), at(25), call(19, 19))).toBe("begun");
  });

  it("has one call come again for all that came too soon, until the next look begins or its time is over", async () => {
    const { ledger } = await opened(start);
    const call = (sent: number, again: number) => ({ sentAt: at(sent), rested: at(0), againUntil: at(again) });
    await ledger.begin(at(1), at(30));
    const all = await Promise.all(Array.from({ length: 8 }, () => ledger.begin(at(3), at(30), call(2, 5))));
    expect(all.sort()).toEqual(["soon", ...Array(7).fill("waiting")]);
    expect(await ledger.begin(at(4), at(30), call(2, 6))).toBe("waiting");
    // The one that was put off itself.
    expect(await ledger.begin(at(5), at(30), call(2, 9))).toBe("soon");
    await ledger.begin(at(6), at(30));
    // It came after that look began, of which the one put off will find itself answered.
    expect(await ledger.begin(at(8), at(30), call(7, 10))).toBe("soon");
  });

  it("keeps what was not written back until it is, by picture and in order", async () => {
    const { ledger } = await opened(start);
    expect(await ledger.unwritten("")).toEqual([]);
    for (const id of ["b", "a", "b"]) await ledger.keepUnwritten(id);
    expect(await ledger.unwritten("")).toEqual(["a", "b"]);
    expect(await ledger.unwritten("a")).toEqual(["b"]);
    await ledger.dropUnwritten("a");
    await ledger.dropUnwritten("a");
    expect(await ledger.unwritten("")).toEqual(["b"]);
  });

  it("says since when all looks have ended in trouble", async () => {
    const { ledger } = await opened(start);
    expect(await ledger.report(tick(0))).toEqual({ failingSince: undefined });
    expect(await ledger.report(tick(5, { trouble: away }))).toEqual({ failingSince: at(5) });
    expect(await ledger.report(tick(10, { trouble: away }))).toEqual({ failingSince: at(5) });
    expect(await ledger.report(tick(15))).toEqual({ failingSince: undefined });
    expect(await ledger.report(tick(20, { trouble: away }))).toEqual({ failingSince: at(20) });
  });

  it("keeps the service's subscription", async () => {
    const { ledger } = await opened(start);
    expect(await ledger.hook()).toBeUndefined();
    await ledger.keepHook({ state: "1", expiresAt: at(0), trouble: { ...away, at: at(0) } });
    await ledger.keepHook({ state: "2", expiresAt: at(9) });
    expect(await ledger.hook()).toEqual({ state: "2", expiresAt: at(9) });
  });
});

describe("a source's standing", () => {
  const named = { name: "studio", kind: "dropbox", every: "1 hour" } as const;

  it("of one that was never looked at says so", async () => {
    const { kept } = await opened(dynamoRig);
    expect(standingOf(named, await kept!("studio"))).toEqual({
      ...named,
      taken: 0,
      skipped: {},
      lastSkipped: {},
      failed: 0,
      deleted: 0,
      writtenBack: 0,
    });
  });

  it("adds up what all looks and files came to, and tells the next look", async () => {
    const { ledger, kept } = await opened(dynamoRig);
    await ledger.begin(at(0), at(5));
    await ledger.move(0, "x".repeat(30_000));
    await ledger.report(tick(0, { deleted: 2, skipped: { "not-an-image": 3, empty: 1 } }));
    await ledger.begin(at(30), at(35));
    await ledger.report(tick(30, { deleted: 1, skipped: { "not-an-image": 2 } }));
    for (let n = 0; n < 3; n++) await ledger.taken();
    await ledger.failed({ code: "UNAVAILABLE", sentence: "Again.", at: at(30) }, true);
    await ledger.failed({ code: "TOO_LARGE", sentence: "Large.", at: at(31) }, false);
    await ledger.keepHook({ state: "secret of the provider", expiresAt: at(59) });
    await ledger.wroteBack();
    const standing = standingOf(named, await kept!("studio"));
    expect(standing).toEqual({
      ...named,
      lastPollAt: at(30),
      lastWellAt: at(30),
      cursorMovedAt: at(40),
      nextPollAt: at(90),
      taken: 3,
      skipped: { "not-an-image": 5, empty: 1 },
      lastSkipped: { "not-an-image": 2 },
      failed: 1,
      deleted: 3,
      writtenBack: 1,
      lastFailure: { code: "TOO_LARGE", sentence: "Large.", at: at(31) },
      hook: { expiresAt: at(59) },
    });
  });

  it("tells the trouble of looks, else that of writing back, and whether it waits for somebody", async () => {
    const { ledger, kept } = await opened(dynamoRig);
    const troubleOf = async () => standingOf(named, await kept!("studio")).trouble;
    const full = { code: "QUOTA", sentence: "[studio] QUOTA: full" } as const;
    await ledger.wroteBack({ ...full, at: at(1) });
    await ledger.wroteBack({ ...full, at: at(2) });
    expect(await troubleOf()).toEqual({ ...full, since: at(1), needsPerson: true });
    await ledger.report(tick(5, { trouble: away }));
    expect(await troubleOf()).toEqual({ ...away, since: at(5), needsPerson: false });
    await ledger.report(tick(10));
    await ledger.wroteBack();
    expect(await troubleOf()).toBeUndefined();
  });
});

let graph: ReturnType<typeof stackGraph> | undefined;

async function dynamoRig(): Promise<Rig> {
  graph ??= stackGraph("dev");
  const [table] = tablesOf(await graph) as [TableConfig];
  const { documents, end } = await openTable(table);
  return {
    ledger: sourceLedger(documents, table.name, "studio", () => new Date(at(40))),
    kept: standings(documents, table.name),
    close: end,
  };
}
