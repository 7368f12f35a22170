import type { Input } from "./engine.ts";
import type { AttributeValue, Item, TableConfig } from "./types.ts";

/**
 * What IAM's condition keys say of a request on one table: whose items it names, and which attributes, those of its
 * conditions among them. Queries and batches name their keys otherwise: a policy that asks for those refuses them here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function accessed(input: Input, { hashKey }: TableConfig): Record<string, readonly string[]> {
  const item = (input.Key ?? input.Item) as Item | undefined;
  if (item === undefined) return { "dynamodb:LeadingKeys": ["?"], "dynamodb:Attributes": ["?"] };
  const leading = item[hashKey] as AttributeValue | undefined;
  return {
    "dynamodb:LeadingKeys": [String(Object.values(Object(leading))[0])],
    "dynamodb:Attributes": [
      ...new Set([item, input.AttributeUpdates, input.Expected].flatMap((named) => Object.keys(Object(named)))),
      ...inExpressions(input),
    ],
  };
}

/** The first part of each path: by its placeholder, or by itself. */
function inExpressions(input: Input): string[] {
  const names = Object(input.ExpressionAttributeNames) as Record<string, string>;
  const texts = [input.UpdateExpression, input.ConditionExpression, input.ProjectionExpression];
  const tokens = texts.flatMap((text) => String(text ?? "").match(/[:#.]?[A-Za-z0-9_-]+\b(?!\s*\()/g) ?? []);
  return tokens
    .filter((token) => !/^[:.]/.test(token) && !words.has(token.toUpperCase()) && !/^\d+$/.test(token))
    .map((token) => names[token] ?? token);
}

const words: ReadonlySet<string> = new Set(["SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"]);
