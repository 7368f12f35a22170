import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const requestValidation = alone(
  {
    id: 57,
    name: "request-validation",
    level: "mandatory",
    known: "NAG APIG2",
    checks:
      "Requests are checked against a schema: by the REST API, or first in the function, which needs to be written down.",
    why: "What is not expected is where programs go wrong.",
    mend: "set requestValidatorId (REST), or write down where the function checks (HTTP, which cannot).",
  },
  ["aws:apigatewayv2/route:Route", "aws:apigateway/method:Method"],
  ({ name, props }, report) => {
    if (!mention(() => props["requestValidatorId"]))
      report(`Expected requests to ${name} to be checked against a schema, found no validator.`);
  },
);
