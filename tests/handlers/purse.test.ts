import { describe, expect, it } from "vitest";
import { createPurses, type PurseDeps } from "../../handlers/costs/purse.ts";
import { costsOfDay } from "../../handlers/costs/spending.ts";
import { dayEnded, daySoFar } from "../../handlers/digest/day.ts";
import { memoryCosts } from "../fixtures/memory-costs.ts";

const terms = {
  timeZone: "Europe/Berlin",
  providers: { tinify: { price: 9000, budget: 45_000 }, rekognition: { price: 1000 } },
};

function started(more: Partial<PurseDeps> = {}) {
  const clock = { now: new Date("2026-11-22T12:00:00.000Z") };
  const measured: object[] = [];
  const lines: string[] = [];
  const ledger = memoryCosts(terms.timeZone);
  const purses = createPurses({
    ledger,
    terms,
    now: () => clock.now,
    log: (outcome, details) => void lines.push(`${outcome} ${JSON.stringify(details)}`),
    measureOf: (provider) => (values) => void measured.push({ provider, ...values }),
    ...more,
  });
  return { purses, ledger, clock, measured, lines };
}
const provider = "tinify";

describe("a purse", () => {
  it("is not there for what costs nothing", () => {
    expect(started().purses("http")).toBeUndefined();
  });

  it("measures each call's dollars, and says once that the budget is spent, and of each call that it is not made", async () => {
    const { purses, measured, lines } = started();
    const purse = purses("tinify")!;
    for (let call = 0; call < 5; call++) expect([purse.refuses(), await purse.pay()]).toEqual([false, true]);
    expect(measured).toEqual([{ provider, BudgetUsedPercent: 0 }, ...Array(5).fill({ provider, Spent: 0.009 })]);
    expect(await purse.pay()).toBe(false);
    expect(purse.refuses()).toBe(true);
    expect(await purse.pay()).toBe(false);
    expect(measured.slice(6)).toEqual(Array(3).fill({ provider, PaidCallsStopped: 1, BudgetUsedPercent: 100 }));
    expect(lines).toEqual(['budget spent {"provider":"tinify","month":"2026-11"}']);
  });

  it("opens again with the next month", async () => {
    const { purses, clock } = started();
    const purse = purses("tinify")!;
    for (let call = 0; call < 6; call++) await purse.pay();
    clock.now = new Date("2026-12-01T00:00:00.000Z");
    expect([purse.refuses(), await purse.pay()]).toEqual([false, true]);
  });

  it("looks at most once a minute how much is used, in whole per cent", async () => {
    const { purses, clock, measured } = started();
    const purse = purses("tinify")!;
    for (let call = 0; call < 4; call++) await purse.pay();
    clock.now = new Date(clock.now.getTime() + 60_000);
    await purse.pay();
    expect(measured.filter((values) => "BudgetUsedPercent" in values)).toEqual([
      { provider, BudgetUsedPercent: 0 },
      { provider, BudgetUsedPercent: 80 },
    ]);
  });

  it("pays for nothing while the ledger does not answer", async () => {
    const failure = new Error("out of reach");
    const broken = { ...memoryCosts("UTC"), count: () => Promise.reject(failure) };
    const { purses, measured } = started({ ledger: broken });
    await expect(purses("rekognition")!.pay()).rejects.toBe(failure);
    expect(measured).toEqual([]);
  });

  it("has counted a call that dies, too much rather than too little", async () => {
    const { purses, ledger } = started();
    const purse = purses("tinify")!;
    const call = async () => {
      if (await purse.pay()) throw new Error("the process died");
    };
    for (let time = 0; time < 3; time++) await call().catch(() => {});
    expect((await ledger.read("tinify", "2026-11")).calls).toBe(3);
  });
});

describe("the day's costs", () => {
  const at = (time: string) => new Date(time);

  it("are those of the day by its own clocks, beside what the month came to", async () => {
    const { ledger } = started();
    const count = (time: string) => ledger.count("tinify", terms.providers.tinify, at(time));
    for (const time of ["2026-11-21T22:59:59Z", "2026-11-21T23:00:00Z", "2026-11-22T22:00:00Z", "2026-11-23T05:00:00Z"])
      await count(time);
    const costs = costsOfDay({ ledger, terms });
    const now = at("2026-11-23T06:00:00Z");
    const inMonth = { provider, month: "2026-11", calls: 4, dollars: 0.036, budget: 0.045, stopped: false };
    expect(await costs(dayEnded(now, terms.timeZone))).toMatchObject([
      { provider, calls: 2, dollars: 0.018, inMonth },
      { provider: "rekognition", calls: 0, dollars: 0, inMonth: { calls: 0, stopped: false } },
    ]);
    expect(await costs(daySoFar(now, terms.timeZone))).toMatchObject([{ calls: 1, dollars: 0.009, inMonth }, {}]);
    await count("2026-11-23T05:30:00Z");
    expect(await costs(daySoFar(now, terms.timeZone))).toMatchObject([{ inMonth: { stopped: true } }, {}]);
  });

  it("of a day in two months are put together, beside the month in which it ended", async () => {
    const { ledger } = started();
    for (const time of ["2026-11-30T23:30:00Z", "2026-12-01T09:00:00Z"])
      await ledger.count("tinify", terms.providers.tinify, at(time));
    const [tinify] = await costsOfDay({ ledger, terms })(dayEnded(at("2026-12-02T06:00:00Z"), terms.timeZone));
    expect(tinify).toMatchObject({ calls: 2, inMonth: { month: "2026-12", calls: 1 } });
  });
});
