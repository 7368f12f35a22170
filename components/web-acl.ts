import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * What the firewall in front of both distributions lets through. A program that goes wild or a
 * botnet stops here; the API has limits of its own, by address and by network.
 */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:WebAcl", name, {}, opts);
    const rules = [
      managed("AWSManagedRulesAmazonIpReputationList"),
      // Somebody who tries codes.
      perAddress("signing-in", 100, either([at("EXACTLY", "/api/sign-in"), at("EXACTLY", "/api/sessions")])),
      // A page that follows its pictures asks often, and a whole office has one address.
      perAddress("calling", 5000, either([at("STARTS_WITH", "/api/"), at("STARTS_WITH", "/hooks/")])),
      // A gallery shows hundreds of pictures at once.
      perAddress("looking", 20_000),
      managed("AWSManagedRulesKnownBadInputsRuleSet"),
      managed("AWSManagedRulesCommonRuleSet", [
        // It ends at 8 KB; a list of files may be longer, and the API refuses what is over 64 KB.
        "SizeRestrictions_BODY",
        // It ends at 2 KB; the page asks after a hundred pictures at once.
        "SizeRestrictions_QUERYSTRING",
        // A file may be called <script>.jpg: names are data, and are shown as text wherever they are shown.
        "CrossSiteScripting_BODY",
        // Services that call back, and mail programs that show a picture, may not say who they are.
        "NoUserAgent_HEADER",
      ]),
    ];
    const acl = new aws.wafv2.WebAcl(
      `${name}-acl`,
      {
        scope: "CLOUDFRONT",
        // Where CloudFront looks, wherever the stack stands.
        region: "us-east-1",
        description: "Darkroom: page, API and pictures",
        defaultAction: { allow: {} },
        rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: seenAs(rule.name) })),
        visibilityConfig: seenAs(name),
      },
      { parent: this },
    );
    this.arn = acl.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

type Rule = Omit<aws.types.input.wafv2.WebAclRule, "priority" | "visibilityConfig"> & { name: string };
type Scope = aws.types.input.wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatement;

const seenAs = (metricName: string) => ({ metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true });

/** A list that AWS keeps; some of its rules may only count. */
const managed = (name: string, counted: string[] = []): Rule => ({
  name,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: "AWS",
      name,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
});

/** Refuses an address that asks more often than so within five minutes. */
const perAddress = (name: string, limit: number, scopeDownStatement?: Scope): Rule => ({
  name,
  action: { block: { customResponse: { responseCode: 429 } } },
  statement: {
    rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: 300, limit, scopeDownStatement },
  },
});

const either = (statements: Scope[]): Scope => ({ orStatement: { statements } });

const at = (positionalConstraint: "EXACTLY" | "STARTS_WITH", path: string): Scope => ({
  byteMatchStatement: {
    positionalConstraint,
    searchString: path,
    fieldToMatch: { uriPath: {} },
    // The same path may be written in other ways.
    textTransformations: ["URL_DECODE", "NORMALIZE_PATH", "LOWERCASE"].map((type, priority) => ({ type, priority })),
  },
});
