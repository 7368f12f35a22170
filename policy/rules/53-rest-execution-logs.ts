import { settingsOf } from "../lib/rest-stages.ts";
import { together } from "../lib/rule.ts";

export const restExecutionLogs = together(
  {
    id: 53,
    name: "rest-execution-logs",
    level: "advisory",
    known: "FSBP APIGateway.1; NAG APIG6",
    checks: "Stages of REST APIs log what they did; HTTP APIs have no such log.",
    why: "A request that API Gateway itself refused would leave no trace.",
    mend: "add MethodSettings for */* with a loggingLevel of ERROR or INFO.",
  },
  ["aws:apigateway/stage:Stage"],
  (stage, report, stack) => {
    if (!settingsOf(stack, stage).some(({ loggingLevel }) => loggingLevel === "ERROR" || loggingLevel === "INFO"))
      report(`Expected a loggingLevel for ${stage.name}, found none.`);
  },
);
