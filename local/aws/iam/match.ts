import type { Context } from "./context.ts";

export type Match = (text: string, context: Context) => boolean;

/** `*` and `?` as IAM reads them, policy variables such as `${aws:PrincipalArn}` put in. */
export function wildcard(pattern: string, flags = ""): Match {
  if (!pattern.includes("${")) {
    const expression = toExpression(pattern, {}, flags);
    return (text) => expression.test(text);
  }
  return (text, context) => toExpression(pattern, context, flags).test(text);
}

/** Compares part by part: no wildcard reaches over a colon of the first five. */
export function arn(pattern: string): Match {
  if (pattern === "*") return () => true;
  const parts = partsOf(pattern);
  if (!parts)
    throw unsupported(`an ARN that is not arn:partition:service:region:account:resource, ${JSON.stringify(pattern)}`);
  const matches = parts.map((part) => wildcard(part));
  return (text, context) => partsOf(text)?.every((part, index) => matches[index]!(part, context)) ?? false;
}

export function fill(template: string, context: Context): string {
  return template.replace(variable, (_, name: string) => variableOf(name, context));
}

/** A part of the policy language that is not implemented: said aloud, never skipped. */
export const unsupported = (what: string) =>
  new Error(
    `POLICY_UNSUPPORTED: expected a policy that the laptop's IAM can decide, but received ${what}. Change the policy, or teach local/aws/iam about it.`,
  );

/** A value or a list of them, as text. */
export const listOf = (value: unknown): string[] => [value].flat().map(String);

const variable = /\$\{([^}]*)\}/g;

function toExpression(pattern: string, context: Context, flags: string) {
  const source = pattern.replace(/\$\{([^}]*)\}|[*?]|[\\^$.|+()[\]{}]/g, (token, name: string | undefined) => {
    if (name !== undefined) return literal(variableOf(name, context));
    return token === "*" ? ".*" : token === "?" ? "." : `\\${token}`;
  });
  return new RegExp(`^${source}$`, `s${flags}`);
}

const literal = (text: string) => text.replace(/[\\^$.|+*?()[\]{}]/g, "\\$&");

function variableOf(name: string, context: Context): string {
  if (name === "*" || name === "?" || name === "$") return name;
  const value = context[name.toLowerCase()];
  if (typeof value !== "string")
    throw unsupported(`the policy variable \${${name}}, which this request has no single value for`);
  return value;
}

/** The six parts of an ARN; colons in the last belong to it. Those inside a variable's braces divide nothing. */
function partsOf(text: string): string[] | undefined {
  const parts =
    /^(arn):((?:\$\{[^}]*\}|[^:])*):((?:\$\{[^}]*\}|[^:])*):((?:\$\{[^}]*\}|[^:])*):((?:\$\{[^}]*\}|[^:])*):(.+)$/s.exec(
      text,
    );
  return parts?.slice(1);
}
