import { alone } from "../lib/rule.ts";

export const functionTracing = alone(
  {
    id: 22,
    name: "function-tracing",
    level: "advisory",
    known: "NAG LambdaTracing",
    checks: "Each function is traced by X-Ray.",
    why: "Where a picture's time went would be guesswork.",
    mend: "set tracingConfig.mode to Active, and give the role leave to write traces.",
  },
  ["aws:lambda/function:Function"],
  ({ name, props }, report) => {
    const mode: unknown = props["tracingConfig"]?.mode;
    if (mode !== "Active") report(`Expected tracing mode Active for ${name}, received ${mode}.`);
  },
);
