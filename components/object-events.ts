import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import type { Queue } from "./queue.ts";

/**
 * The rule for new objects of an s3 source, if its bucket may be of this account and Region: others
 * do not tell EventBridge here. The bucket's owner turns its notifications on.
 */
export function newObjects(
  name: string,
  source: Settings["sources"][number],
  { region, sourceSecrets }: Pick<Settings, "region" | "sourceSecrets">,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule | undefined {
  if (source.kind !== "s3" || source.endpoint !== undefined || sourceSecrets[source.name] !== undefined)
    return undefined;
  if (source.region !== undefined && source.region !== region) return undefined;
  const { bucket, prefix, writeBack } = source;
  const eventPattern = {
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: { bucket: { name: [bucket] }, ...keysOf(prefix, writeBack) },
  };
  return new aws.cloudwatch.EventRule(
    `${name}-rule`,
    { description: `New objects in ${bucket}`, eventPattern: JSON.stringify(eventPattern) },
    opts,
  );
}

/** A pattern looks at a key in one way alone: results below the prefix call for a look in vain. */
function keysOf(prefix: string | undefined, writeBack: string | undefined) {
  if (prefix !== undefined) return { object: { key: [{ prefix }] } };
  if (writeBack === undefined) return {};
  return { object: { key: [{ "anything-but": { prefix: `${writeBack.replace(/\/+$/, "")}/` } }] } };
}

/** Has each event of the rule call for a look. */
export function callFrom(
  name: string,
  rule: aws.cloudwatch.EventRule,
  queue: Queue,
  deadLetters: Queue,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: queue.arn,
      input: JSON.stringify({ poll: true }),
      deadLetterConfig: { arn: deadLetters.arn },
    },
    { ...opts, dependsOn: [queue.policy, deadLetters.policy] },
  );
}
