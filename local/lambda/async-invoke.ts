import type { Queues } from "../aws/sqs/types.ts";
import { createConsumer } from "./consumer.ts";
import type { Failed, Invoke } from "./types.ts";

/** Inputs of aws.lambda.FunctionEventInvokeConfig, in Pulumi's names. */
export interface AsyncConfig {
  readonly functionArn: string;
  readonly timeoutSeconds: number;
  /** @default 2 */
  readonly maximumRetryAttempts?: number;
  /** @default 21600 */
  readonly maximumEventAgeInSeconds?: number;
  readonly destinationConfig?: { readonly onFailure?: { readonly destination?: string } };
}

export interface AsyncDeps {
  readonly queues: Queues;
  readonly invoke: Invoke;
  /** Keeps what was given up. */
  readonly deadLetter: (destinationArn: string, record: AsyncFailure) => Promise<void>;
  readonly warn: (message: string) => void;
  /** Milliseconds before the n-th retry. @default a minute, then two, as on AWS */
  readonly retryDelay?: (retry: number) => number;
  /** @default 2 */
  readonly workers?: number;
}

/** What Lambda leaves at the on-failure destination of an asynchronous invocation. */
export interface AsyncFailure {
  readonly version: "1.0";
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: "RetriesExhausted" | "EventAgeExceeded";
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: "$LATEST";
    readonly functionError: "Unhandled";
  };
  readonly responsePayload?: unknown;
}

export interface AsyncInvoker {
  /** Returns once the event is kept: it will run though the host be killed now. */
  send(event: unknown): void;
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Lambda's own queue before a function that is invoked asynchronously, kept beside the other queues. */
export function createAsyncInvoker(config: AsyncConfig, deps: AsyncDeps): AsyncInvoker {
  const { functionArn, maximumRetryAttempts = 2, maximumEventAgeInSeconds = 21_600 } = config;
  const { queues, invoke, deadLetter, warn, retryDelay = (retry) => retry * 60_000 } = deps;
  const destination = config.destinationConfig?.onFailure?.destination;
  const queueArn = `${functionArn}:async`;
  queues.add({ name: queueArn, arn: queueArn, url: queueArn, visibilityTimeoutSeconds: config.timeoutSeconds + 30 });

  const consumer = createConsumer({
    queues,
    queueArn,
    workers: deps.workers ?? 2,
    batchSize: 1,
    windowSeconds: 0,
    warn,
    async handle([message]) {
      if (message === undefined) return;
      const event = JSON.parse(message.body) as unknown;
      const tooOld = Date.now() - message.sentAt > maximumEventAgeInSeconds * 1000;
      const outcome = tooOld ? undefined : await invoke(event);
      if (outcome?.ok) return void queues.remove(queueArn, message.receiptHandle);
      if (outcome !== undefined && message.receiveCount <= maximumRetryAttempts)
        return queues.giveBack(queueArn, message.receiptHandle, retryDelay(message.receiveCount));
      try {
        await giveUp(event, message.messageId, message.receiveCount - (tooOld ? 1 : 0), outcome);
        queues.remove(queueArn, message.receiptHandle);
      } catch (error) {
        warn(`${functionArn}: ${destination} does not take it: ${(error as Error).message}. Trying until it does.`);
        queues.giveBack(queueArn, message.receiptHandle, retryDelay(1));
      }
    },
  });

  async function giveUp(event: unknown, requestId: string, tries: number, failure: Failed | undefined) {
    const why = failure ? `${failure.errorType}: ${failure.errorMessage}` : "older than it may be";
    const kept =
      destination === undefined ? "no on-failure destination, so it is dropped" : `it goes to ${destination}`;
    warn(`${functionArn}: an event was given up after ${tries} tries (${why}); ${kept}`);
    if (destination === undefined) return;
    await deadLetter(destination, {
      version: "1.0",
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId,
        functionArn: `${functionArn}:$LATEST`,
        condition: failure ? "RetriesExhausted" : "EventAgeExceeded",
        approximateInvokeCount: tries,
      },
      requestPayload: event,
      ...(failure && {
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: { errorType: failure.errorType, errorMessage: failure.errorMessage },
      }),
    });
  }

  return {
    send: (event) => void queues.send(queueArn, JSON.stringify(event)),
    idle: consumer.idle,
    close: consumer.close,
  };
}
