import { listOf, peek, type Seen } from "./seen.ts";
import { isOf, type Stack } from "./stack.ts";

/** Functions that a new object in the bucket wakes, and the beginning of the keys for which it does. */
export function consumersOf(stack: Stack, bucket: Seen): { fn: Seen; prefix: string }[] {
  return [...directly(stack, bucket), ...byEventBridge(stack, bucket)].flatMap(({ to, prefix }) =>
    stack
      .of("aws:lambda/function:Function")
      .filter((fn) => leads(to, fn) || reads(stack, fn, to))
      .map((fn) => ({ fn, prefix })),
  );
}

/** A property of a resource that names a function, or a queue in front of one. */
interface Way {
  readonly from: Seen;
  readonly property: string;
  readonly value: () => unknown;
}

interface Notified {
  readonly lambdaFunctionArn?: string;
  readonly queueArn?: string;
  readonly filterPrefix?: string;
}

function directly(stack: Stack, bucket: Seen): { to: Way; prefix: string }[] {
  return stack.naming("aws:s3/bucketNotification:BucketNotification", "bucket", bucket).flatMap((from) =>
    ["lambdaFunctions", "queues"].flatMap((property) =>
      listOf<Notified>(from.props[property]).map((target) => ({
        to: { from, property, value: () => target.lambdaFunctionArn ?? target.queueArn },
        prefix: target.filterPrefix ?? "",
      })),
    ),
  );
}

function byEventBridge(stack: Stack, bucket: Seen): { to: Way; prefix: string }[] {
  return stack.of("aws:cloudwatch/eventRule:EventRule").flatMap((rule) => {
    const { detail } = JSON.parse(rule.props["eventPattern"]) as Pattern;
    if (!listOf(detail?.bucket?.name).includes(peek(() => bucket.props["bucket"]) ?? "")) return [];
    const prefixes = listOf(detail?.object?.key).map(({ prefix = "" }) => prefix);
    return stack.naming("aws:cloudwatch/eventTarget:EventTarget", "rule", rule).map((from) => ({
      to: { from, property: "arn", value: () => from.props["arn"] as unknown },
      prefix: prefixes.length === 1 ? prefixes[0]! : "",
    }));
  });
}

interface Pattern {
  readonly detail?: {
    readonly bucket?: { readonly name?: readonly string[] };
    readonly object?: { readonly key?: readonly { readonly prefix?: string }[] };
  };
}

const leads = ({ from, property, value }: Way, target: Seen) => isOf(value, from, property, target);

const reads = (stack: Stack, fn: Seen, way: Way) =>
  stack
    .of("aws:sqs/queue:Queue")
    .filter((queue) => leads(way, queue))
    .flatMap((queue) => stack.naming("aws:lambda/eventSourceMapping:EventSourceMapping", "eventSourceArn", queue))
    .some((mapping) => isOf(() => mapping.props["functionName"], mapping, "functionName", fn));
