import type { PolicyConfigSchema } from "@pulumi/policy";
import { own } from "../exceptions.ts";
import type { Control, Finding } from "./control.ts";
import { fits } from "./seen.ts";

/** What may stay as it is, and why. `*` in a name, URN or part stands for any text. */
export interface Exception {
  /** Logical name of the resource; or its URN below. One of them is needed. */
  readonly name?: string;
  readonly urn?: string;
  /** Only this part of it, as the violation names it. @default all of it */
  readonly about?: string;
  /** A sentence. Without one the exception does not hold, and is itself a violation. */
  readonly reason: string;
}

/** What every rule can be told: `{ "exceptions": [{ "name": "…", "reason": "…" }], "withoutOwn": false }`. */
export const exceptionsSchema: PolicyConfigSchema = {
  properties: {
    exceptions: {
      type: "array",
      description: "What may stay as it is: { name or urn, about, reason }.",
      items: { type: "object", properties: Object.fromEntries(["name", "urn", "about", "reason"].map(text)) },
    },
    withoutOwn: {
      type: "boolean",
      description: "Do not take Darkroom's own exceptions (policy/exceptions.ts) either.",
    },
  },
};

export interface RuleConfig {
  readonly exceptions?: readonly Partial<Exception>[];
  readonly withoutOwn?: boolean;
}

export interface Judged {
  /** What no exception covers. */
  readonly left: readonly Finding[];
  /** Exceptions that do not say what they are for, or why. */
  readonly unreasoned: readonly Partial<Exception>[];
  /** Configured exceptions that nothing needs any more. */
  readonly unused: readonly Exception[];
}

export function judge(
  { name }: Pick<Control, "name">,
  findings: readonly Finding[],
  { exceptions: configured = [], withoutOwn = false }: RuleConfig,
): Judged {
  const said = configured.filter(isWhole);
  const all = [...(withoutOwn ? [] : (own[name] ?? [])), ...said];
  return {
    left: findings.filter((finding) => !all.some((exception) => covers(exception, finding))),
    unreasoned: configured.filter((exception) => !isWhole(exception)),
    unused: said.filter((exception) => !findings.some((finding) => covers(exception, finding))),
  };
}

export const covers = ({ name, urn, about }: Exception, finding: Finding): boolean =>
  (name === undefined || fits(name, finding.name)) &&
  (urn === undefined || fits(urn, finding.urn ?? "")) &&
  (about === undefined || fits(about, finding.about ?? ""));

const isWhole = (exception: Partial<Exception>): exception is Exception =>
  [exception.name, exception.urn].some(isSaid) && isSaid(exception.reason) && exception.reason.trim().length >= 10;

const isSaid = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

function text(property: string): [string, { type: "string" }] {
  return [property, { type: "string" }];
}
