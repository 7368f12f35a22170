import { randomUUID } from "node:crypto";
import { checkPattern, matches } from "./pattern.ts";
import type { ObjectCreated, ObjectRestored } from "./s3/types.ts";
import type { Authorize, Identity, PolicyDocument } from "./types.ts";

/** A rule on the default bus, from aws.cloudwatch.EventRule and its EventTargets. */
export interface RuleConfig {
  readonly name: string;
  readonly arn: string;
  /** JSON text or what it says. Rules with a schedule only have none. */
  readonly eventPattern?: unknown;
  /** @default true */
  readonly enabled?: boolean;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly arn: string;
  /** JSON text that the target gets in the place of the event. */
  readonly input?: string;
}

export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface EventBusDeps {
  readonly rules: readonly RuleConfig[];
  readonly authorize: Authorize;
  /** The policy of a queue or function; undefined where it has none. */
  readonly policyOf: (arn: string) => PolicyDocument | undefined;
  /** Keeps an event in a queue. */
  readonly send: (queueArn: string, body: string) => void;
  /** Keeps an event for a function that is invoked asynchronously. */
  readonly invokeAsync: (functionArn: string, event: unknown) => void;
  /** Says what a person must know: a target that the event cannot reach. */
  readonly warn: (message: string) => void;
}

export interface EventBus {
  /** Returns once the event is kept by every target that it matches and may reach. */
  put(event: BusEvent): void;
}

/** EventBridge's default bus. */
export function createEventBus({ rules, authorize, policyOf, send, invokeAsync, warn }: EventBusDeps): EventBus {
  const active = rules.flatMap((rule) =>
    rule.enabled === false || rule.eventPattern === undefined ? [] : [{ rule, pattern: patternOf(rule) }],
  );

  function deliver({ name, arn: ruleArn }: RuleConfig, { arn: target, input }: Target, event: BusEvent) {
    const service = target.split(":")[2];
    const action = { sqs: "sqs:SendMessage", lambda: "lambda:InvokeFunction" }[service ?? ""];
    if (action === undefined)
      return warn(
        `rule ${name}: expected a queue or a function as its target, but it is ${target}: nothing was delivered.`,
      );
    const decision = authorize(eventBridge, {
      action,
      resource: target,
      context: { "aws:SourceArn": ruleArn, "aws:SourceAccount": event.account },
      resourcePolicy: policyOf(target),
    });
    if (!decision.allowed)
      return warn(
        `rule ${name}: an event did not reach ${target}: ${decision.because}. Let events.amazonaws.com in, by the target's own policy, with aws:SourceArn ${ruleArn}.`,
      );
    if (service === "sqs") send(target, input ?? JSON.stringify(event));
    else invokeAsync(target, input === undefined ? event : JSON.parse(input));
  }

  return {
    put(event) {
      for (const { rule, pattern } of active)
        if (matches(pattern, event)) for (const target of rule.targets) deliver(rule, target, event);
    },
  };
}

const eventBridge: Identity = { arn: "events.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

function patternOf({ name, eventPattern }: RuleConfig): unknown {
  const pattern = typeof eventPattern === "string" ? JSON.parse(eventPattern) : eventPattern;
  const problems = checkPattern(pattern);
  if (problems.length === 0) return pattern;
  throw new Error(`PATTERN_INVALID: [rule ${name}] expected an event pattern, but ${problems.join("; ")}.`);
}

/**
 * What S3 tells EventBridge of a new object. The key is as it is, not form-encoded as in S3's own
 * notifications. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const s3ObjectCreated = (object: ObjectCreated, owner: BucketOwner): BusEvent =>
  s3Event("Object Created", object, owner, {
    object: { ...described(object), sequencer: object.sequencer },
    requester: owner.account,
    "source-ip-address": "127.0.0.1",
    reason: object.reason,
  });

/** The same of an archived object that can be read again. */
export const s3ObjectRestored = (object: ObjectRestored, owner: BucketOwner): BusEvent =>
  s3Event("Object Restore Completed", object, owner, {
    object: described(object),
    requester: "s3.amazonaws.com",
    "restore-expiry-time": object.until.replace(/\.\d+Z$/, "Z"),
    "source-storage-class": object.storageClass,
  });

interface BucketOwner {
  readonly region: string;
  readonly account: string;
}

const s3Event = (
  kind: string,
  { bucket, time }: Pick<ObjectCreated, "bucket" | "time">,
  { region, account }: BucketOwner,
  detail: object,
): BusEvent => ({
  version: "0",
  id: randomUUID(),
  "detail-type": kind,
  source: "aws.s3",
  account,
  time: time.replace(/\.\d+Z$/, "Z"),
  region,
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: "0",
    bucket: { name: bucket },
    "request-id": randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase(),
    ...detail,
  },
});

const described = ({ key, size, etag, versionId }: Pick<ObjectCreated, "key" | "size" | "etag" | "versionId">) => ({
  key,
  size,
  etag,
  ...(versionId !== undefined && { "version-id": versionId }),
});
