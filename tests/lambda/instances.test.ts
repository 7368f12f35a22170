import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { config, fixture, functionRig, resultOf } from "./rig.ts";

const { start } = functionRig();

describe("instances", () => {
  it("are reused while warm", async () => {
    const fn = start();
    const [first, second] = [resultOf<{ pid: number }>(await fn.invoke({})), resultOf(await fn.invoke({}))];
    expect(second).toMatchObject({ pid: first.pid, calls: 2 });
  });

  it("end when they stand idle", async () => {
    const fn = start({}, { idleSeconds: 0.05 });
    const { pid } = resultOf<{ pid: number }>(await fn.invoke({}));
    await expect.poll(async () => resultOf<{ pid: number }>(await fn.invoke({})).pid, { interval: 200 }).not.toBe(pid);
  });

  it("are never more than reserved or than the host lets: others wait, without failing", async () => {
    for (const [reservedConcurrency, instances, most] of [
      [1, 2, 1],
      [50, 2, 2],
      [-1, 2, 2],
    ] as const) {
      const fn = start({ reservedConcurrency }, { instances });
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => fn.invoke({ do: "sleep", ms: 100 })));
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      expect(new Set(outcomes.map((outcome) => resultOf<{ pid: number }>(outcome).pid)).size).toBe(most);
    }
  });

  it("finish what they run when the function is closed, and start nothing more", async () => {
    const fn = start({}, { instances: 1 });
    const running = fn.invoke({ do: "sleep", ms: 200 });
    const waiting = fn.invoke({});
    const refused = expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    await fn.close();
    await refused;
    expect(await running).toMatchObject({ ok: true });
    await expect(fn.invoke({})).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("that take too long to finish are ended, and their outcome is nobody's failure", async () => {
    const fn = start();
    const running = expect(fn.invoke({ do: "sleep", ms: 60_000 })).rejects.toMatchObject({ code: "CLOSED" });
    await fn.close(50);
    await running;
  });

  it("stop for the caller's signal", async () => {
    const fn = start({}, { instances: 1 });
    const running = fn.invoke({ do: "sleep", ms: 60_000 }, { signal: AbortSignal.timeout(100) });
    const waiting = fn.invoke({}, { signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(running).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await fn.invoke({})).toMatchObject({ ok: true });
  });

  it("die with a host that is killed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = spawn(process.execPath, [
      fixture("host-that-dies.ts"),
      config.codeDir,
      String((server.address() as AddressInfo).port),
    ]);
    const [held] = await once(server, "connection");
    host.kill("SIGKILL");
    // The connection is the child's own: it closes only when the child is gone.
    held.on("error", () => {}).resume();
    await once(held, "close");
    server.close();
  });
});
