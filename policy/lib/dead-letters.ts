import type { Seen } from "./seen.ts";
import { isOf, type Stack } from "./stack.ts";

/** Whether others put there what they could not deliver, or work on. */
export const isDeadLetters = (stack: Stack, queue: Seen): boolean =>
  places.some(([type, property, read]) =>
    stack.of(type).some((from) => isOf(() => read(from.props), from, property, queue)),
  );

type Props = Seen["props"];

const redriven = (props: Props): unknown => {
  const policy: unknown = props["redrivePolicy"];
  return typeof policy === "string" ? JSON.parse(policy).deadLetterTargetArn : undefined;
};

const places: readonly (readonly [type: string, property: string, read: (props: Props) => unknown])[] = [
  ["aws:sqs/queue:Queue", "redrivePolicy", redriven],
  ["aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy", redriven],
  ["aws:sns/topicSubscription:TopicSubscription", "redrivePolicy", redriven],
  ["aws:cloudwatch/eventTarget:EventTarget", "deadLetterConfig", (props) => props["deadLetterConfig"]?.arn],
  ["aws:scheduler/schedule:Schedule", "target", (props) => props["target"]?.deadLetterConfig?.arn],
  ["aws:lambda/function:Function", "deadLetterConfig", (props) => props["deadLetterConfig"]?.targetArn],
  [
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "destinationConfig",
    (props) => props["destinationConfig"]?.onFailure?.destination,
  ],
  [
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "destinationConfig",
    (props) => props["destinationConfig"]?.onFailure?.destinationArn,
  ],
];
