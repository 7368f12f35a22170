import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

const versions = ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"];

export const ownCertificate = alone(
  {
    id: 47,
    name: "own-certificate",
    level: "advisory",
    known: "FSBP CloudFront.7, CloudFront.8, CloudFront.15; NAG CFR4",
    checks: "Distributions have a certificate of their own, by SNI, from TLS 1.2 of 2021 on.",
    why: "CloudFront's own certificate still speaks TLS 1.0.",
    mend: "set darkroom:domain, so that viewerCertificate names one.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  ({ name, props }, report) => {
    const certificate = props["viewerCertificate"];
    if (!mention(() => certificate?.acmCertificateArn)) {
      report(`Expected ${name} to have a certificate of its own, received CloudFront's.`);
      return;
    }
    const { sslSupportMethod, minimumProtocolVersion } = certificate;
    if (sslSupportMethod !== "sni-only") report(`Expected sni-only for ${name}, received ${sslSupportMethod}.`);
    if (!versions.includes(minimumProtocolVersion))
      report(`Expected TLSv1.2_2021 or newer for ${name}, received ${minimumProtocolVersion}.`);
  },
);
