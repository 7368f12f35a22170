import { fits, listOf } from "./seen.ts";

/** One statement of an IAM or resource policy, with every "one or many" as many. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly { readonly kind: string; readonly id: string }[];
  /** By operator and key, both as written. */
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

type Many = string | readonly string[];
interface Written {
  readonly Effect?: string;
  readonly Action?: Many;
  /** Everything but these: no better than everything. */
  readonly NotAction?: Many;
  readonly Resource?: Many;
  readonly NotResource?: Many;
  readonly Principal?: string | Readonly<Record<string, Many>>;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Many>>>>;
}

/** The statements of a policy document, which comes as JSON or as an object; of none, no statements. */
export function statementsOf(document: unknown): Statement[] {
  if (document === undefined || document === null || document === "") return [];
  const { Statement } = (typeof document === "string" ? JSON.parse(document) : document) as { Statement?: Written };
  return listOf(Statement).map((one) => ({
    effect: one.Effect ?? "Allow",
    actions: one.NotAction === undefined ? listOf<string>(one.Action) : ["*"],
    resources: one.NotResource === undefined ? listOf<string>(one.Resource) : ["*"],
    principals: principalsOf(one),
    conditions: Object.entries(one.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf<string>(values).map(String) })),
    ),
  }));
}

function principalsOf({ Principal, NotPrincipal }: Written): Statement["principals"] {
  if (NotPrincipal !== undefined) return [{ kind: "AWS", id: "*" }];
  if (typeof Principal === "string") return [{ kind: "AWS", id: Principal }];
  return Object.entries(Principal ?? {}).flatMap(([kind, ids]) => listOf<string>(ids).map((id) => ({ kind, id })));
}

/** Statements that give leave. */
export const allows = (document: unknown): Statement[] =>
  statementsOf(document).filter(({ effect }) => effect === "Allow");

/** Whether one of its actions, wildcards and all, is this one. */
export const covers = ({ actions }: Statement, action: string): boolean =>
  actions.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase()));

/** Values of a condition on a key, whatever the operator, if it has one. */
export const conditionOn = ({ conditions }: Statement, key: string): readonly string[] =>
  conditions.filter((one) => one.key.toLowerCase() === key.toLowerCase()).flatMap(({ values }) => values);

/** Keys that tell whose call it is; a `*` as their value narrows nothing. */
const narrowing = [
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:PrincipalArn",
];

/** Whether anybody at all may use this leave. */
export const isPublic = (statement: Statement): boolean =>
  statement.effect === "Allow" &&
  statement.principals.some(({ kind, id }) => kind === "AWS" && id === "*") &&
  !narrowing.some((key) => conditionOn(statement, key).some((value) => value !== "*"));

/** AWS services that may use this leave on behalf of whomever: no account is named. */
export const unboundServices = (statement: Statement): string[] =>
  statement.effect === "Allow" && !isBound(statement)
    ? statement.principals.filter(({ kind }) => kind === "Service").map(({ id }) => id)
    : [];

const isBound = (statement: Statement) =>
  [...conditionOn(statement, "aws:SourceAccount"), ...conditionOn(statement, "kms:CallerAccount")].some(
    (value) => value !== "*",
  ) || conditionOn(statement, "aws:SourceArn").some((arn) => /^\d{12}$/.test(arn.split(":")[4] ?? ""));

/** Whether everybody is refused these actions on all of the resources, unless over TLS. */
export const refusesPlainText = (document: unknown, action: string, resources: readonly string[]): boolean =>
  statementsOf(document).some(
    (statement) =>
      statement.effect === "Deny" &&
      statement.principals.some(({ id }) => id === "*") &&
      statement.conditions.length === 1 &&
      conditionOn(statement, "aws:SecureTransport").includes("false") &&
      covers(statement, action) &&
      resources.every((resource) => statement.resources.some((pattern) => fits(pattern, resource))),
  );
