import { behavioursOf } from "../lib/distributions.ts";
import { alone } from "../lib/rule.ts";

export const viewersHttps = alone(
  {
    id: 46,
    name: "viewers-https",
    level: "mandatory",
    known: "FSBP CloudFront.3",
    checks: "Viewers come by HTTPS, or are sent there.",
    why: "A page over HTTP can be changed on the way, sessions and all.",
    mend: "set viewerProtocolPolicy to redirect-to-https or https-only.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  (distribution, report) => {
    for (const { path, behaviour } of behavioursOf(distribution))
      if (!["redirect-to-https", "https-only"].includes(behaviour.viewerProtocolPolicy))
        report(
          `Expected ${path} of ${distribution.name} to be HTTPS alone, received ${behaviour.viewerProtocolPolicy}.`,
          path,
        );
  },
);
