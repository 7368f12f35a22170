import { beforeEach } from "vitest";
import { openQueues } from "../../local/aws/sqs/queues.ts";
import type { QueueConfig, Queues } from "../../local/aws/sqs/types.ts";
import { testFolder } from "../fixtures/test-folder.ts";

export const account = "000000000000";
export const arn = `arn:aws:sqs:eu-west-1:${account}:intake`;
export const deadArn = `${arn}-dead`;
export const intake: QueueConfig = {
  name: "intake",
  arn,
  url: "http://127.0.0.1:4000/aws/sqs/intake",
  redrive: { deadLetterTargetArn: deadArn, maxReceiveCount: 2 },
};
export const dead: QueueConfig = {
  name: "intake-dead",
  arn: deadArn,
  url: "http://127.0.0.1:4000/aws/sqs/intake-dead",
};

/** Queues in a folder of each test, under a clock that stands still (epoch milliseconds). */
export function queueRig() {
  const folder = testFolder("queues");
  const clock = { now: 0 };
  beforeEach(() => {
    clock.now = Date.now();
  });
  return {
    folder,
    clock,
    /** Opens the folder's queues, once more where they are open already. */
    open(configs: readonly QueueConfig[] = [intake, dead]): Queues {
      const queues = openQueues(configs, { dir: folder.path, now: () => clock.now });
      folder.closeAfterwards(() => queues.close());
      return queues;
    },
  };
}
