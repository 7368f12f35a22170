import { mention, readsStream } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";
import { isOf } from "../lib/stack.ts";

export const streamFailuresKept = together(
  {
    id: 25,
    name: "stream-failures-kept",
    level: "mandatory",
    known: "NAG LambdaEventSourceMappingDestination; serverless-rules ES1001",
    checks: "Each mapping of a stream has somewhere to put what fails for good.",
    why: "A change that could not be worked on would be gone, and its picture stuck.",
    mend: "set destinationConfig.onFailure.destinationArn.",
  },
  ["aws:lambda/eventSourceMapping:EventSourceMapping"],
  (mapping, report, stack) => {
    const { name, props } = mapping;
    if (!readsStream(mapping) || mention(() => props["destinationConfig"]?.onFailure?.destinationArn)) return;
    const fn = stack
      .of("aws:lambda/function:Function")
      .find((one) => isOf(() => props["functionName"] as unknown, mapping, "functionName", one));
    report(`Expected ${name}, which feeds ${fn?.name ?? "a function"}, to have an on-failure destination, found none.`);
  },
);
