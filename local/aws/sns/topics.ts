import { randomUUID } from "node:crypto";
import { QueueError, type Queues } from "../sqs/types.ts";
import type { Authorize, Identity } from "../types.ts";
import {
  type Delivery,
  type Subscription,
  type TopicConfig,
  TopicError,
  type TopicMessage,
  type Topics,
} from "./types.ts";

export interface TopicsDeps {
  readonly queues: Pick<Queues, "configs" | "send">;
  readonly authorize: Authorize;
  /** Is told what became of each message at each subscription. */
  readonly measure?: (topic: TopicConfig, delivery: Delivery) => void;
  /** Says what a person must know: a queue that a message could not reach. */
  readonly warn: (message: string) => void;
}

/**
 * Topics whose messages go to queues. A message is not kept on its way: it is taken once it lies in
 * every queue that it is for, so that a kill before leaves the publisher without an answer, and it
 * asks again. What a queue's policy refuses goes to the subscription's dead letters, as on AWS.
 */
export function createTopics(
  configs: readonly TopicConfig[],
  { queues, authorize, measure, warn }: TopicsDeps,
): Topics {
  const topics = new Map(configs.map((topic) => [topic.arn, topic]));

  function send(topic: TopicConfig, queueArn: string, { body, attributes }: TopicMessage): string | undefined {
    const queue = queues.configs.get(queueArn);
    const decision = authorize(sns, {
      action: "sqs:SendMessage",
      resource: queueArn,
      context: { "aws:SourceArn": topic.arn },
      resourcePolicy: queue?.policy,
    });
    if (!decision.allowed) return decision.because;
    try {
      queues.send(queueArn, body, attributes);
      return undefined;
    } catch (error) {
      if (error instanceof QueueError) return error.message;
      throw error;
    }
  }

  function deliver(topic: TopicConfig, subscription: Subscription, message: TopicMessage): Delivery {
    const { name, queueArn, deadLetterArn } = subscription;
    if (!passes(subscription, message)) return "filtered";
    const refusal = send(topic, queueArn, message);
    if (refusal === undefined) return "delivered";
    const put = deadLetterArn === undefined ? "it has no dead-letter queue" : send(topic, deadLetterArn, message);
    warn(
      `subscription ${name}: a message did not reach ${queueArn}: ${refusal}. Let sns.amazonaws.com in, by the queue's own policy, with aws:SourceArn ${topic.arn}. ${put === undefined ? `It lies in ${deadLetterArn}.` : `It is lost: ${put}.`}`,
    );
    return put === undefined ? "redriven" : "lost";
  }

  return {
    configs: topics,
    publish(topicArn, message) {
      const topic = topics.get(topicArn);
      if (topic === undefined) throw new TopicError("NotFound", "Topic does not exist");
      checkMessage(message);
      for (const subscription of topic.subscriptions) measure?.(topic, deliver(topic, subscription, message));
      return randomUUID();
    },
  };
}

const sns: Identity = { arn: "sns.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

const passes = ({ filter }: Subscription, { attributes }: TopicMessage): boolean =>
  Object.entries(filter).every(([name, texts]) => texts.includes(attributes[name]?.StringValue ?? ""));

/** SNS takes so many bytes, the attributes among them. */
export const mostBytes = 256 * 1024;
/** A queue takes no more attributes of a message that it gets as it is. */
const mostAttributes = 10;

export const bytesOf = ({ body, attributes }: TopicMessage): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = "" }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(body),
  );

function checkMessage(message: TopicMessage): void {
  const refuse = (what: string): never => {
    throw new TopicError("InvalidParameter", `Invalid parameter: ${what}`);
  };
  if (message.body === "") refuse("Empty message");
  if (bytesOf(message) > mostBytes) refuse("Message too long");
  const attributes = Object.entries(message.attributes);
  if (attributes.length > mostAttributes)
    refuse(`expected at most ${mostAttributes} attributes, received ${attributes.length}`);
  for (const [name, { DataType, StringValue }] of attributes) {
    if (DataType !== "String")
      refuse(`expected attribute ${name} to be a String, which is all that this host knows, received ${DataType}`);
    if (!StringValue) refuse(`The message attribute '${name}' must contain non-empty message attribute value.`);
  }
}
