import { alone } from "../lib/rule.ts";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const accessPointPublicAccessBlock = alone(
  {
    id: 10,
    name: "access-point-public-access-block",
    level: "mandatory",
    known: "FSBP S3.19, S3.24",
    checks: "Access points, of one Region or several, have all four flags of Block Public Access on.",
    why: "An access point is a second door into a bucket, with a policy of its own.",
    mend: "set all four flags of its publicAccessBlock to true when it is made: they cannot be changed later.",
  },
  ["aws:s3/accessPoint:AccessPoint", "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint"],
  ({ name, props }, report) => {
    const block = props["publicAccessBlockConfiguration"] ?? props["details"]?.publicAccessBlock;
    const missing = flags.filter((flag) => block?.[flag] !== true);
    if (missing.length > 0) report(`Expected ${missing.join(", ")} of access point ${name} to be true.`);
  },
);
