import type { MessageAttributes } from "../sqs/types.ts";
import type { PolicyDocument } from "../types.ts";

/** One standard topic of the graph. */
export interface TopicConfig {
  readonly name: string;
  readonly arn: string;
  readonly policy?: PolicyDocument;
  readonly subscriptions: readonly Subscription[];
}

/** A queue that hears of a topic's messages, which it gets as they are. */
export interface Subscription {
  readonly name: string;
  readonly queueArn: string;
  /** For each attribute named, texts of which it must have one. Every message, where none is named. */
  readonly filter: Readonly<Record<string, readonly string[]>>;
  /** Queue that gets what could not be delivered. */
  readonly deadLetterArn?: string;
}

export interface TopicMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** What becomes of one message at one subscription. */
export type Delivery = "delivered" | "filtered" | "redriven" | "lost";

export interface Topics {
  readonly configs: ReadonlyMap<string, TopicConfig>;
  /** Returns the message's id once it lies in the queue of every subscription that it passes. @throws TopicError */
  publish(topicArn: string, message: TopicMessage): string;
}

/** As SNS names a refusal. */
export class TopicError extends Error {
  override readonly name = "TopicError";
  readonly code: "InvalidParameter" | "NotFound";
  constructor(code: TopicError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
