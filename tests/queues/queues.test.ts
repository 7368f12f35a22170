import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Message } from "../../local/aws/sqs/types.ts";
import { arn, dead, deadArn, intake, queueRig } from "./rig.ts";

const { folder, clock, open } = queueRig();
const bodies = (messages: readonly Message[]) => messages.map(({ body }) => body);

describe("a queue", () => {
  it("hides what was received until its time is over, and counts the receives", () => {
    const queues = open();
    queues.send(arn, "a");
    const [first] = queues.receive(arn, 10);
    expect(first).toMatchObject({ body: "a", receiveCount: 1, sentAt: clock.now });
    expect(queues.receive(arn, 10)).toEqual([]);
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    expect(queues.nextVisibleAt(arn)).toBe(clock.now + 30_000);
    clock.now += 30_000;
    const [second] = queues.receive(arn, 10);
    expect(second).toMatchObject({
      messageId: first!.messageId,
      receiveCount: 2,
      firstReceivedAt: first!.firstReceivedAt,
    });
    expect(second!.receiptHandle).not.toBe(first!.receiptHandle);
    expect(queues.remove(arn, first!.receiptHandle)).toBe(false);
    expect(queues.remove(arn, second!.receiptHandle)).toBe(true);
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("shows a message again at once, or later, when told so", () => {
    const queues = open();
    queues.send(arn, "a");
    const [first] = queues.receive(arn, 1);
    expect(queues.hide(arn, first!.receiptHandle, 0)).toBe(true);
    const [second] = queues.receive(arn, 1);
    expect(second!.receiveCount).toBe(2);
    queues.hide(arn, second!.receiptHandle, 100);
    clock.now += 99_000;
    expect(queues.receive(arn, 1)).toEqual([]);
    expect(queues.hide(arn, "unknown", 1)).toBe(false);
  });

  it("moves a message whole to the dead-letter queue after its receives", () => {
    const queues = open();
    const attributes = { a: { DataType: "String", StringValue: "1" } };
    const { messageId } = queues.send(arn, "poison", attributes);
    const arrivals: string[] = [];
    queues.onArrival(deadArn, () => arrivals.push("dead"));
    for (let receive = 0; receive < 2; receive += 1) {
      expect(bodies(queues.receive(arn, 1))).toEqual(["poison"]);
      clock.now += 30_000;
    }
    expect(queues.receive(arn, 1)).toEqual([]);
    expect(arrivals).toEqual(["dead"]);
    expect(queues.receive(deadArn, 1)).toMatchObject([{ messageId, body: "poison", attributes }]);
  });

  it("forgets messages when their retention is over", () => {
    const queues = open([{ ...dead, retentionSeconds: 60 }]);
    queues.send(deadArn, "a");
    clock.now += 61_000;
    expect(queues.receive(deadArn, 1)).toEqual([]);
    expect(queues.counts(deadArn).visible).toBe(0);
  });

  it("delays messages when told so", () => {
    const queues = open();
    queues.send(arn, "a", {}, { delaySeconds: 5 });
    expect(queues.counts(arn)).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    expect(queues.receive(arn, 1)).toEqual([]);
    clock.now += 5000;
    expect(bodies(queues.receive(arn, 1))).toEqual(["a"]);
  });

  it("brings back what was in flight when the host died, and does not count that receive", () => {
    const queues = open();
    queues.send(arn, "a");
    queues.receive(arn, 1, 43_200);
    for (let death = 0; death < 5; death += 1)
      expect(open().receive(arn, 1)).toMatchObject([{ body: "a", receiveCount: 1 }]);
  });

  it("has every message that was acknowledged, after a kill at any moment", async () => {
    const script = fileURLToPath(new URL("../fixtures/sender-that-dies.ts", import.meta.url));
    const sender = spawn(process.execPath, [script, folder.path, arn], { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged: string[] = [];
    createInterface(sender.stdout).on("line", (line) => {
      acknowledged.push(line);
      if (acknowledged.length === 300) sender.kill("SIGKILL");
    });
    await once(sender, "close");
    clock.now = Date.now();
    const queues = open();
    const kept = new Set<string>();
    for (let batch = queues.receive(arn, 100); batch.length > 0; batch = queues.receive(arn, 100))
      for (const { body } of batch) kept.add(body);
    expect([...kept]).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  });

  it.each([
    ["a queue the host does not have", () => open([{ ...intake, name: "a.fifo" }, dead]), "QUEUE_CONFIG"],
    ["a dead-letter queue that is not there", () => open([intake]), "QUEUE_CONFIG"],
    ["an empty body", () => open().send(arn, ""), "InvalidParameterValue"],
    ["characters SQS does not take", () => open().send(arn, "\u0000"), "InvalidMessageContents"],
    ["more than a megabyte", () => open().send(arn, "x".repeat(1024 * 1024 + 1)), "InvalidParameterValue"],
    ["another queue's name", () => open().send(`${arn}-other`, "a"), "QueueDoesNotExist"],
  ])("refuses %s", (_, act, code) => expect(act).toThrow(expect.objectContaining({ code })));
});
