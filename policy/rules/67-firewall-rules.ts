import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

interface Measured {
  readonly name?: string;
  readonly visibilityConfig?: { readonly cloudwatchMetricsEnabled?: boolean };
}

export const firewallRules = alone(
  {
    id: 67,
    name: "firewall-rules",
    level: "mandatory",
    known: "FSBP WAF.10, WAF.12",
    checks: "A web ACL has rules; it and each of them is measured.",
    why: "A firewall without rules lets all through, and one that is not measured may refuse everybody unseen.",
    mend: "add rules, and set visibilityConfig.cloudwatchMetricsEnabled.",
  },
  ["aws:wafv2/webAcl:WebAcl"],
  ({ name, props }, report) => {
    const rules = listOf<Measured>(props["rules"]);
    if (rules.length === 0) report(`Expected ${name} to have rules, found none.`);
    for (const one of [{ name: "itself", visibilityConfig: props["visibilityConfig"] } as Measured, ...rules])
      if (one.visibilityConfig?.cloudwatchMetricsEnabled !== true)
        report(`Expected ${one.name} of ${name} to be measured.`, one.name);
  },
);
