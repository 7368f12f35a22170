import { alone } from "../lib/rule.ts";

export const routeAuthorizer = alone(
  {
    id: 56,
    name: "route-authorizer",
    level: "mandatory",
    known: "FSBP APIGateway.8; NAG APIG4",
    checks: "Each route has an authorizer; one for the public needs a reason.",
    why: "A route that was forgotten is open to everybody.",
    mend: "set authorizationType (HTTP) or authorization (REST), or write down who checks instead.",
  },
  ["aws:apigatewayv2/route:Route", "aws:apigateway/method:Method"],
  ({ name, props }, report) => {
    const kind: unknown = props["authorizationType"] ?? props["authorization"] ?? "NONE";
    if (kind === "NONE")
      report(`Expected an authorizer for ${name} (${props["routeKey"] ?? props["httpMethod"]}), found none.`);
  },
);
