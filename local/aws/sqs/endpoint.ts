import { setTimeout as sleep } from "node:timers/promises";
import { jsonProtocol } from "../dynamodb/json-protocol.ts";
import { ServiceError } from "../dynamodb/service-error.ts";
import { authenticate } from "../signature.ts";
import type { Call, Endpoint, EndpointDeps } from "../types.ts";
import { type Message, type MessageAttributes, type QueueConfig, QueueError, type Queues } from "./types.ts";

/** SQS for the functions and the command line: its JSON protocol, with IAM in front. */
export function sqsEndpoint(queues: Queues, deps: EndpointDeps): Endpoint {
  const operations = operationsOf(queues);
  return jsonProtocol({
    target: "AmazonSQS",
    contentType: "application/x-amz-json-1.0",
    deps,
    authenticate,
    async answer(operation, input, allow) {
      const run = operations[operation];
      if (run === undefined)
        throw new ServiceError(
          "UnsupportedOperation",
          `Expected one of ${Object.keys(operations).join(", ")}, received ${operation}.`,
        );
      const queue = find(queues, input);
      allow(callOf(operation, queue));
      try {
        return (await run(queue, input as Input)) ?? {};
      } catch (error) {
        if (error instanceof QueueError) throw new ServiceError(error.code, error.message);
        throw error;
      }
    },
  });
}

type Input = {
  readonly MessageBody?: string;
  readonly MessageAttributes?: MessageAttributes;
  readonly DelaySeconds?: number;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly Entries?: readonly (Input & { readonly Id: string })[];
};
type Operation = (queue: QueueConfig, input: Input) => object | undefined | Promise<object>;

function operationsOf(queues: Queues): Readonly<Record<string, Operation>> {
  const send: Operation = ({ arn }, { MessageBody = "", MessageAttributes, DelaySeconds }) => {
    const sent = queues.send(arn, MessageBody, MessageAttributes, { delaySeconds: DelaySeconds });
    return {
      MessageId: sent.messageId,
      MD5OfMessageBody: sent.md5OfBody,
      MD5OfMessageAttributes: sent.md5OfAttributes,
    };
  };
  const remove: Operation = ({ arn }, { ReceiptHandle = "" }) => void queues.remove(arn, ReceiptHandle);
  const hide: Operation = ({ arn }, { ReceiptHandle = "", VisibilityTimeout = 0 }) => {
    if (queues.hide(arn, ReceiptHandle, VisibilityTimeout)) return undefined;
    throw new ServiceError("MessageNotInflight", "The specified message isn't in flight.");
  };
  return {
    SendMessage: send,
    SendMessageBatch: batchOf(send),
    DeleteMessage: remove,
    DeleteMessageBatch: batchOf(remove),
    ChangeMessageVisibility: hide,
    ChangeMessageVisibilityBatch: batchOf(hide),
    async ReceiveMessage({ arn }, { MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds = 0 }) {
      const end = Date.now() + WaitTimeSeconds * 1000;
      for (;;) {
        const messages = queues.receive(arn, MaxNumberOfMessages, VisibilityTimeout);
        if (messages.length > 0) return { Messages: messages.map(toMessage) };
        if (Date.now() >= end) return {};
        await sleep(50);
      }
    },
    PurgeQueue: ({ arn }) => void queues.purge(arn),
    GetQueueUrl: ({ url }) => ({ QueueUrl: url }),
    GetQueueAttributes: (queue) => ({ Attributes: attributesOf(queue, queues) }),
  };
}

/** A batch is its entries one by one; one that fails does not keep the others from succeeding. */
function batchOf(operation: Operation): Operation {
  return async (queue, { Entries = [] }) => {
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const { Id, ...entry } of Entries)
      try {
        Successful.push({ Id, ...(await operation(queue, entry)) });
      } catch (error) {
        if (!(error instanceof QueueError || error instanceof ServiceError)) throw error;
        Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    return { Successful, ...(Failed.length > 0 && { Failed }) };
  };
}

/** By the URL's path, or by name: the host and port of a URL are not the queue's. */
function find(queues: Queues, input: Readonly<Record<string, unknown>>): QueueConfig {
  const name = String(input["QueueName"] ?? input["QueueUrl"] ?? "")
    .split("/")
    .at(-1);
  for (const queue of queues.configs.values()) if (queue.name === name) return queue;
  throw new ServiceError("QueueDoesNotExist", `The specified queue does not exist: ${name}`);
}

const callOf = (operation: string, { arn, policy }: QueueConfig): Call => ({
  action: `sqs:${operation.replace(/Batch$/, "")}`,
  resource: arn,
  resourcePolicy: policy,
});

const toMessage = (message: Message) => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  MD5OfBody: message.md5OfBody,
  MD5OfMessageAttributes: message.md5OfAttributes,
  MessageAttributes: message.attributes,
  Attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    SentTimestamp: String(message.sentAt),
    SenderId: "000000000000",
  },
});

function attributesOf({ arn, visibilityTimeoutSeconds = 30, redrive }: QueueConfig, queues: Queues) {
  const { visible, inFlight, delayed } = queues.counts(arn);
  return {
    QueueArn: arn,
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
  };
}
