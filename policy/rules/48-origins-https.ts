import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

interface Origin {
  readonly originId: string;
  readonly customOriginConfig?: {
    readonly originProtocolPolicy: string;
    readonly originSslProtocols: readonly string[];
  };
}

export const originsHttps = alone(
  {
    id: 48,
    name: "origins-https",
    level: "mandatory",
    known: "FSBP CloudFront.9, CloudFront.10; NAG CFR5",
    checks: "CloudFront speaks TLS 1.2 with what is behind it.",
    why: "Sessions and the door's secret pass there.",
    mend: "set originProtocolPolicy to https-only and originSslProtocols to TLSv1.2.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  ({ name, props }, report) => {
    for (const { originId, customOriginConfig: config } of listOf<Origin>(props["origins"])) {
      if (!config) continue;
      const { originProtocolPolicy, originSslProtocols } = config;
      if (originProtocolPolicy !== "https-only")
        report(`Expected https-only to origin ${originId} of ${name}, received ${originProtocolPolicy}.`, originId);
      const old = originSslProtocols.filter((version) => version !== "TLSv1.2" && version !== "TLSv1.3");
      if (old.length > 0)
        report(`Expected TLSv1.2 to origin ${originId} of ${name}, received ${old.join(", ")}.`, originId);
    }
  },
);
