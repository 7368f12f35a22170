import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { ActorName } from "./actor.ts";

/** A number that CloudWatch reads off the lines of a log: handlers write one line for each outcome. */
interface Outcome {
  readonly id: string;
  readonly metric: `Pictures${string}` | "StepMilliseconds";
  readonly unit: "Count" | "Milliseconds";
  /** Whose lines. */
  readonly actors: readonly ActorName[];
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
  readonly pattern: string;
  readonly value: "1" | "$.ms";
  /** Three at most. A line without one of them is not counted, and with any there can be no default value. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Actors that leave a picture another than they found it, in its order. */
export const chain = ["ingest", "moderate", "resize", "compress", "publish", "forget"] as const;

const Environment = "$.environment";
const count = { unit: "Count", value: "1", dimensions: { Environment } } as const;
const anyOf = (...outcomes: Status[]) => `{ ${outcomes.map((outcome) => `($.message = "${outcome}")`).join(" || ")} }`;
const rejected = {
  ...count,
  metric: "PicturesRejected",
  // The API, because reviewers reject as well.
  actors: ["ingest", "moderate", "resize", "compress", "publish", "api"],
  pattern: anyOf("rejected"),
} as const;

export const outcomes: readonly Outcome[] = [
  {
    ...count,
    id: "in",
    metric: "PicturesIn",
    actors: ["ingest"],
    pattern: anyOf("received", "duplicate", "rejected"),
  },
  { ...count, id: "published", metric: "PicturesPublished", actors: ["publish"], pattern: anyOf("published") },
  // CloudWatch adds nothing up over a dimension by itself: once in all, and once by reason.
  { ...rejected, id: "rejected" },
  { ...rejected, id: "rejected-by-reason", dimensions: { Environment, Reason: "$.reason" } },
  { ...count, id: "forgotten", metric: "PicturesForgotten", actors: ["forget"], pattern: anyOf("forgotten") },
  {
    id: "milliseconds",
    metric: "StepMilliseconds",
    unit: "Milliseconds",
    actors: chain,
    // Who comes late does little, and would make every step look quick.
    pattern: `{ ($.ms >= 0) && ($.message != "stale") && ($.message != "known") }`,
    value: "$.ms",
    dimensions: { Environment, Actor: "$.actor" },
  },
];

/** Counts the outcomes of an actor off its log. */
export function countOutcomes(
  actor: string,
  logGroupName: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const { id, metric, unit, actors, pattern, value, dimensions } of outcomes)
    if (actors.some((name) => name === actor))
      new aws.cloudwatch.LogMetricFilter(
        `${actor}-counts-${id}`,
        {
          logGroupName,
          pattern,
          metricTransformation: { namespace: "Darkroom", name: metric, value, unit, dimensions },
        },
        opts,
      );
}
