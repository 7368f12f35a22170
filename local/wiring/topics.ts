import type { Subscription, TopicConfig } from "../aws/sns/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { need, ofType, policyOf, text } from "../lookup.ts";

/**
 * Every topic of the graph, with its policy and the queues that hear of its messages. Mail to people
 * is left out: here nobody publishes to them.
 * @throws Error `SUBSCRIPTION_UNSUPPORTED` for what this host cannot do
 */
export function topicsOf(graph: Graph): readonly TopicConfig[] {
  const subscriptions = ofType(graph, "aws:sns/topicSubscription:TopicSubscription");
  return ofType(graph, "aws:sns/topic:Topic").map((topic) => {
    const arn = text(topic, "arn");
    const beside = ofType(graph, "aws:sns/topicPolicy:TopicPolicy").find(({ inputs }) => inputs["arn"] === arn);
    return {
      name: text(topic, "name"),
      arn,
      policy: beside && policyOf(beside.inputs["policy"]),
      subscriptions: subscriptions
        .filter(({ inputs }) => inputs["topic"] === arn && inputs["protocol"] !== "email")
        .map((each) => subscriptionOf(graph, each)),
    };
  });
}

function subscriptionOf(graph: Graph, subscription: Resource): Subscription {
  const { name, inputs } = subscription;
  const { protocol, rawMessageDelivery, filterPolicyScope = "MessageAttributes" } = inputs;
  if (protocol !== "sqs") throw unsupported(name, "to lead to a queue", protocol);
  if (rawMessageDelivery !== true) throw unsupported(name, "to deliver messages raw", rawMessageDelivery);
  if (filterPolicyScope !== "MessageAttributes")
    throw unsupported(name, "to filter by MessageAttributes", filterPolicyScope);
  const redrive = inputs["redrivePolicy"];
  const { deadLetterTargetArn } = (redrive === undefined ? {} : JSON.parse(String(redrive))) as {
    readonly deadLetterTargetArn?: string;
  };
  const queue = (arn: unknown) => text(need(graph, "aws:sqs/queue:Queue", arn, `subscription ${name}`), "arn");
  return {
    name,
    queueArn: queue(inputs["endpoint"]),
    filter: filterOf(name, inputs["filterPolicy"]),
    deadLetterArn: deadLetterTargetArn && queue(deadLetterTargetArn),
  };
}

function filterOf(name: string, policy: unknown): Subscription["filter"] {
  const filter: unknown = policy === undefined ? {} : JSON.parse(String(policy));
  const isKnown =
    typeof filter === "object" &&
    filter !== null &&
    Object.values(filter).every(
      (texts) => Array.isArray(texts) && texts.length > 0 && texts.every((one) => typeof one === "string"),
    );
  if (isKnown) return filter as Subscription["filter"];
  throw unsupported(name, "to filter by texts that an attribute is one of", filter);
}

const unsupported = (name: string, expected: string, received: unknown) =>
  new Error(
    `SUBSCRIPTION_UNSUPPORTED: expected subscription ${name} ${expected}, received ${JSON.stringify(received)}. Change it, or teach local/aws/sns about it.`,
  );
