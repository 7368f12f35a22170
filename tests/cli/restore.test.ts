import { expect, it } from "vitest";
import { darkroom } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

it("asks for an original as it is told to, and says that it is on its way", async () => {
  const host = await fakeDarkroom();
  const ran = await darkroom(["restore", "kept", "--tier", "bulk", "--days", "3", "--at", host.url]);
  expect([...host.wishes]).toEqual([["kept", { tier: "bulk", days: 3 }]]);
  expect(ran.stdout).toBe("restoring  beach�[2J.jpg, out of GLACIER\n");
  expect(ran.code).toBe(0);
});

it("with --wait ends when it is there, and says until when", async () => {
  const host = await fakeDarkroom({
    fault: (call, nth) => (call === "GET /api/pictures" && nth === 0 ? 503 : undefined),
  });
  const ran = await darkroom(["restore", "kept", "--wait", "--at", host.url, "--json"]);
  expect([...host.wishes.values()]).toEqual([{ tier: "standard", days: 7 }]);
  expect(ran.json()).toMatchObject({ archive: { restored: { until: "2026-12-31T12:00:00.000Z" } } });
  expect(ran.code).toBe(0);
});

it("says when the time was up before it came", async () => {
  const host = await fakeDarkroom({ restoredAfter: 1000 });
  const ran = await darkroom(["restore", "kept", "--wait", "--timeout", "1", "--at", host.url]);
  expect(ran.stdout).toMatch(/^restoring /);
  expect(ran.code).toBe(1);
});

it("passes on what the API refuses, and takes no other tier", async () => {
  const host = await fakeDarkroom();
  const unknown = await darkroom(["restore", "no-such", "--at", host.url, "--json"]);
  expect(unknown.json()).toMatchObject({ error: { code: "NO_PICTURE" } });
  const odd = await darkroom(["restore", "kept", "--tier", "fast", "--at", host.url, "--json"]);
  expect(odd.json()).toMatchObject({ error: { code: "USAGE" } });
  expect([unknown.code, odd.code]).toEqual([2, 2]);
  expect(host.wishes.size).toBe(0);
});
