import { isOpen } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";

export const functionConcurrency = together(
  {
    id: 28,
    name: "function-concurrency",
    level: "mandatory",
    known: "NAG LambdaConcurrency",
    checks: "A function that the public can cause to run has a concurrency of its own.",
    why: "A flood of requests would take the whole account's, and every other function stands.",
    mend: "set reservedConcurrentExecutions (darkroom:concurrency).",
  },
  ["aws:lambda/function:Function"],
  (fn, report, stack) => {
    const reserved: unknown = fn.props["reservedConcurrentExecutions"];
    if (isOpen(stack, fn) && !(typeof reserved === "number" && reserved > 0))
      report(`Expected reservedConcurrentExecutions of ${fn.name}, which the public can call, received ${reserved}.`);
  },
);
