import { alone } from "../lib/rule.ts";

export const restTracing = alone(
  {
    id: 59,
    name: "rest-tracing",
    level: "advisory",
    known: "FSBP APIGateway.3; NAG APIGWXrayEnabled",
    checks: "Stages of REST APIs are traced by X-Ray; HTTP APIs cannot be.",
    why: "The time before the function would be missing from a trace.",
    mend: "set xrayTracingEnabled to true.",
  },
  ["aws:apigateway/stage:Stage"],
  ({ name, props }, report) => {
    if (props["xrayTracingEnabled"] !== true) report(`Expected xrayTracingEnabled of ${name} to be true.`);
  },
);
