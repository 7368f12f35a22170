import {
  type ReportViolation,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  UnknownValueError,
} from "@pulumi/policy";
import { type Control, type Finding, sentenceOf } from "./control.ts";
import { exceptionsSchema, judge, type RuleConfig } from "./exceptions.ts";
import { kindOf, type Seen } from "./seen.ts";
import { type Stack, stackOf } from "./stack.ts";

export type Rule = StackValidationPolicy &
  Pick<ResourceValidationPolicy, "validateResource"> & { readonly control: Control };

/** Tells what is wrong: expected and received, and the part of the resource that it is about. */
export type Report = (problem: string, about?: string) => void;

/**
 * A rule that looks at each resource of some types by itself, before it is made. At the end of the run it
 * looks once more, at its own exceptions alone.
 */
export function alone(control: Control, types: readonly string[], check: (one: Seen, report: Report) => void): Rule {
  return {
    ...described(control),
    validateResource({ getConfig, ...one }, reportViolation) {
      if (!types.includes(kindOf(one))) return;
      const { left } = judge(control, look([one], check).findings, getConfig<RuleConfig>());
      for (const finding of left) reportViolation(sentenceOf(control, finding));
    },
    validateStack({ resources, getConfig }, reportViolation) {
      const looked = look(stackOf(resources).of(...types), check);
      account(control, looked, getConfig<RuleConfig>(), reportViolation);
    },
  };
}

/** A rule that needs others to judge a resource. The type `stack` stands for the stack as a whole. */
export function together(
  control: Control,
  types: readonly string[],
  check: (one: Seen, report: Report, stack: Stack) => void,
): Rule {
  return {
    ...described(control),
    validateStack({ resources, getConfig }, reportViolation) {
      const stack = stackOf(resources);
      const looked = look([...(types.includes("stack") ? [wholeStack] : []), ...stack.of(...types)], (one, report) =>
        check(one, report, stack),
      );
      for (const finding of judge(control, looked.findings, getConfig<RuleConfig>()).left)
        reportViolation(sentenceOf(control, finding), finding.urn);
      account(control, looked, getConfig<RuleConfig>(), reportViolation);
    },
  };
}

const described = (control: Control) => ({
  control,
  name: control.name,
  description: `${control.checks} (${control.known})`,
  enforcementLevel: control.level,
  remediationSteps: control.mend,
  configSchema: exceptionsSchema,
});

const wholeStack = { urn: "", type: "stack", name: "stack", props: {} } as unknown as Seen;

interface Looked {
  readonly findings: readonly Finding[];
  /** Names of resources that only an update can tell more of. */
  readonly undecided: readonly string[];
}

function look(resources: readonly Seen[], check: (one: Seen, report: Report) => void): Looked {
  const findings: Finding[] = [];
  const undecided: string[] = [];
  for (const one of resources) {
    const { name, urn } = one;
    try {
      check(one, (problem, about) => findings.push({ urn: urn || undefined, name, about, problem }));
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      undecided.push(name);
    }
  }
  return { findings, undecided };
}

/** Says what became of the configured exceptions, and of what could not be looked at. */
function account(
  control: Control,
  { findings, undecided }: Looked,
  config: RuleConfig,
  reportViolation: ReportViolation,
): void {
  const { name } = control;
  const { unreasoned, unused } = judge(control, findings, config);
  for (const exception of unreasoned)
    reportViolation(
      `${name}: EXCEPTION_WITHOUT_REASON: Expected an exception with a name or urn and a reason of ten characters or more, received ${JSON.stringify(exception)}. Say why, or take it out.`,
    );
  if (undecided.length > 0) {
    advise(
      `${name}: Not decided in this preview, but by the update: ${undecided.join(", ")}. They name what is not made yet.`,
      reportViolation,
    );
    return;
  }
  for (const exception of unused)
    advise(
      `${name}: EXCEPTION_UNUSED: Expected something that needs the exception ${JSON.stringify(exception)}, found nothing. Take it out.`,
      reportViolation,
    );
}

/** @pulumi/policy takes a violation as an object, too, with a level of its own; its types keep silent about it. */
const advise = (message: string, reportViolation: ReportViolation) =>
  reportViolation({ message, enforcementLevel: "advisory" } as unknown as string);
