import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const apiAccessLogs = alone(
  {
    id: 54,
    name: "api-access-logs",
    level: "mandatory",
    known: "FSBP APIGateway.9; NAG APIG1, APIGWAccessLogging, APIGWStructuredLogging",
    checks: "Stages of APIs write down each request, as JSON.",
    why: "Nobody can say afterwards who asked for what, or count it.",
    mend: "set accessLogSettings with a destinationArn and a format in JSON.",
  },
  ["aws:apigatewayv2/stage:Stage", "aws:apigateway/stage:Stage"],
  ({ name, props }, report) => {
    const settings = props["accessLogSettings"];
    if (!mention(() => settings?.destinationArn))
      report(`Expected ${name} to have a destination for access logs, found none.`);
    else if (!isJson(settings.format)) report(`Expected ${name} to write JSON, received ${settings.format}.`);
  },
);

function isJson(format: string): boolean {
  try {
    return typeof JSON.parse(format) === "object";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
