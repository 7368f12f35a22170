import { alone } from "../lib/rule.ts";

export const keyRotation = alone(
  {
    id: 61,
    name: "key-rotation",
    level: "mandatory",
    known: "NAG KMS5; AWSGuard cmk-backing-key-rotation-enabled",
    checks: "Each symmetric key is renewed every year.",
    why: "A key that leaks opens all that was ever encrypted with it.",
    mend: "set enableKeyRotation to true.",
  },
  ["aws:kms/key:Key"],
  ({ name, props }, report) => {
    // AWS turns no others than these by itself.
    const isSymmetric = (props["customerMasterKeySpec"] ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT";
    if (isSymmetric && props["enableKeyRotation"] !== true) report(`Expected enableKeyRotation of ${name} to be true.`);
  },
);
