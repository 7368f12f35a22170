import { together } from "../lib/rule.ts";
import { listOf, peek, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";

interface Origin {
  readonly originId: string;
  readonly domainName: string;
  readonly customOriginConfig?: object;
}

export const distributionOrigins = together(
  {
    id: 51,
    name: "distribution-origins",
    level: "advisory",
    known: "FSBP CloudFront.1, CloudFront.4, CloudFront.12; NAG CFR1",
    checks: "Distributions have a root object, buckets of this stack behind them, and another origin when one fails.",
    why: "A bucket that is gone can be made anew by a stranger, who then speaks in our name.",
    mend: "set defaultRootObject and originGroups, and name buckets by their resources; or write down why not.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  (distribution, report, stack) => {
    const { name, props } = distribution;
    if (!props["defaultRootObject"]) report(`Expected ${name} to have a defaultRootObject, found none.`, "root");
    if (listOf(props["originGroups"]).length === 0)
      report(`Expected ${name} to have an origin group, found none.`, "failover");
    for (const origin of listOf<Origin>(props["origins"]))
      if (!origin.customOriginConfig && !isOurs(origin, distribution, stack))
        report(
          `Expected origin ${origin.originId} of ${name} to be a bucket of this stack, received ${origin.domainName}.`,
          "origin",
        );
  },
);

function isOurs(origin: Origin, distribution: Seen, stack: Stack): boolean {
  const domain = peek(() => origin.domainName);
  const buckets = stack.of("aws:s3/bucket:Bucket");
  // Not known yet is a bucket that is not made yet, which Pulumi knows by its URN.
  if (domain === undefined)
    return listOf(distribution.propertyDependencies?.["origins"]).some(({ urn }) =>
      buckets.some((one) => one.urn === urn),
    );
  return buckets.some(({ props }) =>
    ["bucketRegionalDomainName", "bucketDomainName"].some((property) => peek(() => props[property]) === domain),
  );
}
