import { settingsOf } from "../lib/rest-stages.ts";
import { together } from "../lib/rule.ts";

export const apiThrottling = together(
  {
    id: 58,
    name: "api-throttling",
    level: "mandatory",
    known: "NAG APIGWDefaultThrottling",
    checks: "Stages of APIs state how many requests they take, a second and at once.",
    why: "The default is the whole Region's: one API starves all others.",
    mend: "set throttlingRateLimit and throttlingBurstLimit.",
  },
  ["aws:apigatewayv2/stage:Stage", "aws:apigateway/stage:Stage"],
  (stage, report, stack) => {
    const settings = [stage.props["defaultRouteSettings"] ?? {}, ...settingsOf(stack, stage)];
    for (const limit of ["throttlingRateLimit", "throttlingBurstLimit"])
      if (!settings.some((one) => one[limit] > 0)) report(`Expected a ${limit} for ${stage.name}, found none.`, limit);
  },
);
