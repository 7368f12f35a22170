import { together } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";
import { isOf } from "../lib/stack.ts";

interface WebAclRule {
  readonly statement: { readonly rateBasedStatement?: object; readonly managedRuleGroupStatement?: object };
}

export const distributionFirewall = together(
  {
    id: 50,
    name: "distribution-firewall",
    level: "mandatory",
    known: "FSBP CloudFront.6; NAG CFR2",
    checks: "A web ACL with a rate rule and AWS's lists stands before each distribution.",
    why: "A flood costs money before it costs the service.",
    mend: "set webAclId to the ARN of a WebAcl of this stack with both kinds of rules.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  (distribution, report, stack) => {
    const acls = stack
      .of("aws:wafv2/webAcl:WebAcl")
      .filter((acl) => isOf(() => distribution.props["webAclId"] as unknown, distribution, "webAclId", acl));
    if (acls.length === 0) report(`Expected ${distribution.name} to stand behind a WebAcl of this stack, found none.`);
    for (const { name, props } of acls) {
      const statements = listOf<WebAclRule>(props["rules"]).map(({ statement }) => statement);
      for (const kind of ["rateBasedStatement", "managedRuleGroupStatement"] as const)
        if (!statements.some((statement) => statement[kind]))
          report(`Expected ${name}, before ${distribution.name}, to have a rule with a ${kind}, found none.`, kind);
    }
  },
);
