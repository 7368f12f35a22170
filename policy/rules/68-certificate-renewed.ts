import { alone } from "../lib/rule.ts";

export const certificateRenewed = alone(
  {
    id: 68,
    name: "certificate-renewed",
    level: "advisory",
    known: "FSBP ACM.1, ACM.2; AWSGuard acm-certificate-expiration",
    checks: "Certificates are renewed by AWS, and their keys are long enough.",
    why: "An imported one ends on a day that nobody has in mind.",
    mend: "set validationMethod to DNS, and keyAlgorithm to RSA_2048 or stronger.",
  },
  ["aws:acm/certificate:Certificate"],
  ({ name, props }, report) => {
    const { validationMethod, keyAlgorithm = "RSA_2048" } = props;
    if (validationMethod !== "DNS") report(`Expected ${name} to be proved by DNS, received ${validationMethod}.`);
    if (keyAlgorithm === "RSA_1024")
      report(`Expected a key of 2048 bits or more for ${name}, received ${keyAlgorithm}.`);
  },
);
