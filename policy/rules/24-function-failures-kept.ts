import { asyncCallersOf, keepsFailures } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";

export const functionFailuresKept = together(
  {
    id: 24,
    name: "function-failures-kept",
    level: "mandatory",
    known: "NAG LambdaAsyncFailureDestination, LambdaDLQ",
    checks: "What calls a function without waiting for its answer is kept when it fails for good.",
    why: "After the retries Lambda forgets the call, and nobody hears of it.",
    mend: "add a FunctionEventInvokeConfig with an onFailure destination, or a deadLetterConfig.",
  },
  ["aws:lambda/function:Function"],
  (fn, report, stack) => {
    const callers = asyncCallersOf(stack, fn);
    if (callers.length > 0 && !keepsFailures(stack, fn))
      report(`Expected ${fn.name} to have a destination for failures, because of ${callers.join(", ")}, found none.`);
  },
);
