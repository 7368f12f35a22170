import type { RuleConfig, Target } from "../aws/events.ts";
import type { QueueConfig } from "../aws/sqs/types.ts";
import type { PolicyDocument } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { number, ofType, policyOf, text } from "../lookup.ts";

/** Every queue of the graph, with its policy. */
export const queuesOf = (graph: Graph): readonly QueueConfig[] =>
  ofType(graph, "aws:sqs/queue:Queue").map((queue) => {
    const url = text(queue, "url");
    const beside = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").find(({ inputs }) => inputs["queueUrl"] === url);
    const redrive = queue.inputs["redrivePolicy"];
    return {
      name: text(queue, "name"),
      arn: text(queue, "arn"),
      url,
      visibilityTimeoutSeconds: number(queue, "visibilityTimeoutSeconds"),
      retentionSeconds: number(queue, "messageRetentionSeconds"),
      delaySeconds: number(queue, "delaySeconds"),
      redrive: redrive === undefined ? undefined : (JSON.parse(String(redrive)) as QueueConfig["redrive"]),
      policy: beside && policyOf(beside.inputs["policy"]),
    };
  });

/** Every rule of the event bus, with its targets. */
export const rulesOf = (graph: Graph): readonly RuleConfig[] =>
  ofType(graph, "aws:cloudwatch/eventRule:EventRule").map((rule) => ({
    name: text(rule, "name"),
    arn: text(rule, "arn"),
    eventPattern: rule.inputs["eventPattern"],
    enabled: rule.inputs["state"] !== "DISABLED",
    targets: ofType(graph, "aws:cloudwatch/eventTarget:EventTarget")
      .filter(({ inputs }) => inputs["rule"] === text(rule, "name"))
      .map(targetOf),
  }));

function targetOf(target: Resource): Target {
  const { input, inputPath, inputTransformer } = target.inputs;
  if (inputPath === undefined && inputTransformer === undefined)
    return { arn: text(target, "arn", "inputs"), input: input as string | undefined };
  throw new Error(
    `TARGET_UNSUPPORTED: expected target ${target.name} to pass the event on or an input of its own, received ${JSON.stringify(inputTransformer ?? inputPath)}. Change it, or teach local/aws/events.ts about it.`,
  );
}

/** The policy of a queue, by its ARN. */
export const queuePolicyOf = (queues: readonly QueueConfig[], arn: string): PolicyDocument | undefined =>
  queues.find((queue) => queue.arn === arn)?.policy;
