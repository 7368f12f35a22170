import { describe, expect, it } from "vitest";
import { openQueues } from "../../local/aws/sqs/queues.ts";
import { type AsyncFailure, createAsyncInvoker } from "../../local/lambda/async-invoke.ts";
import type { Invoke } from "../../local/lambda/types.ts";
import { testFolder } from "../fixtures/test-folder.ts";
import { broken, ok } from "./rig.ts";

const folder = testFolder("async");
const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:ingest";

describe("a function that is invoked asynchronously", () => {
  const failures = "arn:aws:s3:::failures";

  function asynchronous(invoke: Invoke, take = async () => {}) {
    const queues = openQueues([], { dir: folder.path });
    folder.closeAfterwards(() => queues.close());
    const kept: [string, AsyncFailure][] = [];
    const invoker = createAsyncInvoker(
      { functionArn, timeoutSeconds: 5, destinationConfig: { onFailure: { destination: failures } } },
      {
        queues,
        invoke,
        deadLetter: async (destination, record) => {
          kept.push([destination, record]);
          await take();
        },
        warn: () => {},
        retryDelay: () => 1,
      },
    );
    return { invoker, kept };
  }

  it("is tried again twice, then the event lies at its destination", async () => {
    let tries = 0;
    const {
      invoker: { send, idle, close },
      kept,
    } = asynchronous(async () => {
      tries += 1;
      return broken;
    });
    send({ a: 1 });
    await idle();
    await close();
    expect(tries).toBe(3);
    expect(kept).toEqual([
      [
        failures,
        {
          version: "1.0",
          timestamp: expect.any(String),
          requestContext: {
            requestId: expect.any(String),
            functionArn: `${functionArn}:$LATEST`,
            condition: "RetriesExhausted",
            approximateInvokeCount: 3,
          },
          requestPayload: { a: 1 },
          responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
          responsePayload: { errorType: "Error", errorMessage: "broken" },
        },
      ],
    ]);
  });

  it("is given up only once its destination has the event", async () => {
    let refusals = 2;
    const { invoker, kept } = asynchronous(
      async () => broken,
      async () => {
        refusals -= 1;
        if (refusals >= 0) throw new Error("not authorized to perform: s3:PutObject");
      },
    );
    invoker.send({ a: 1 });
    await invoker.idle();
    await invoker.close();
    expect(kept).toHaveLength(3);
  });

  it("gets the event after all when the host died meanwhile", async () => {
    const first = asynchronous(() => new Promise(() => {}));
    first.invoker.send({ a: 1 });
    const seen: unknown[] = [];
    const second = asynchronous(async (event) => {
      seen.push(event);
      return ok();
    });
    await second.invoker.idle();
    await second.invoker.close();
    expect(seen).toEqual([{ a: 1 }]);
  });
});
