/** What a rule stands for: the page docs/policy.md is made of these. */
export interface Control {
  /** Its place among the controls, 1–73. */
  readonly id: number;
  /** Its name in Pulumi's output and in the pack's config. */
  readonly name: string;
  /** Mandatory ends a preview; advisory only says so. */
  readonly level: "mandatory" | "advisory";
  /** What others call it: FSBP = AWS Foundational Security Best Practices, NAG = cdk-nag. */
  readonly known: string;
  readonly checks: string;
  readonly why: string;
  readonly mend: string;
}

/** Where a resource falls short of a control. */
export interface Finding {
  /** Absent when the stack as a whole does. */
  readonly urn?: string;
  readonly name: string;
  /** Which part of it, where an exception may be for that part alone: an action, a method, a metric. */
  readonly about?: string;
  /** What was expected, and what came. */
  readonly problem: string;
}

/** The text of a violation. */
export const sentenceOf = ({ name, why, mend }: Control, { problem }: Finding): string =>
  `${name}: ${problem} ${why} To mend it: ${mend}`;
