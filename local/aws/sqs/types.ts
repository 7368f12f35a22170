import type { PolicyDocument } from "../types.ts";

/** One standard queue of the graph. */
export interface QueueConfig {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  /** @default 345600, four days */
  readonly retentionSeconds?: number;
  /** @default 0 */
  readonly delaySeconds?: number;
  readonly policy?: PolicyDocument;
}

export interface MessageAttribute {
  /** Such as `String`, `Number` or `Binary`. */
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface Message {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly md5OfAttributes?: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  /** This delivery included. */
  readonly receiveCount: number;
}

export interface Sent {
  readonly messageId: string;
  readonly md5OfBody: string;
  readonly md5OfAttributes?: string;
}

export interface Counts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Every queue of the host. A write has reached the disk when the call returns. */
export interface Queues {
  readonly configs: ReadonlyMap<string, QueueConfig>;
  /** Adds a queue that is not in the graph. */
  add(config: QueueConfig): void;
  /** @throws QueueError */
  send(
    queueArn: string,
    body: string,
    attributes?: MessageAttributes,
    options?: { readonly delaySeconds?: number },
  ): Sent;
  /** At most `most` visible messages, oldest first, hidden from others for `visibilitySeconds` (the queue's timeout). */
  receive(queueArn: string, most: number, visibilitySeconds?: number): readonly Message[];
  /** Forgets a message. Answers false when the receipt is no longer good, which AWS does not mind either. */
  remove(queueArn: string, receiptHandle: string): boolean;
  /** Hides a message in flight until so many seconds from now. Answers false when it is not in flight. */
  hide(queueArn: string, receiptHandle: string, seconds: number): boolean;
  /** Ends a delivery that failed: the message comes back after so many milliseconds. */
  giveBack(queueArn: string, receiptHandle: string, milliseconds: number): void;
  /** Gives back what is in flight: whoever held it is no more. */
  recover(queueArn: string): void;
  purge(queueArn: string): void;
  counts(queueArn: string): Counts;
  /** When the oldest message was sent, in epoch milliseconds. */
  oldestSentAt(queueArn: string): number | undefined;
  /** When the next message is visible, in epoch milliseconds; in the past where one is already. */
  nextVisibleAt(queueArn: string): number | undefined;
  /** Calls back when messages may have become visible. Answers the way to stop. */
  onArrival(queueArn: string, listener: () => void): () => void;
  close(): void;
}

export type QueueErrorCode = "QueueDoesNotExist" | "InvalidMessageContents" | "InvalidParameterValue" | "QUEUE_CONFIG";

export class QueueError extends Error {
  override readonly name = "QueueError";
  readonly code: QueueErrorCode;
  constructor(code: QueueErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
