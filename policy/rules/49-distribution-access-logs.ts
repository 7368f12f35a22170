import { mention } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";

export const distributionAccessLogs = together(
  {
    id: 49,
    name: "distribution-access-logs",
    level: "advisory",
    known: "FSBP CloudFront.5; NAG CFR3",
    checks: "Distributions write access logs.",
    why: "After an attack nobody can say who asked for what.",
    mend: "set loggingConfig, or add a LogDeliverySource for the distribution; or write down why not.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  (distribution, report, stack) => {
    if (mention(() => distribution.props["loggingConfig"]?.bucket)) return;
    if (stack.naming("aws:cloudwatch/logDeliverySource:LogDeliverySource", "resourceArn", distribution).length > 0)
      return;
    report(`Expected ${distribution.name} to write access logs, found none.`);
  },
);
