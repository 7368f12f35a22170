import { expect, it } from "vitest";
import { accessed } from "../../local/aws/dynamodb/accessed.ts";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { arn, caller, keysOnly } from "../dynamodb-rig.ts";

const policy = {
  Effect: "Allow",
  Action: "dynamodb:UpdateItem",
  Resource: arn,
  Condition: {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["picture#*"] },
    "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "x-mine"] },
  },
} as const;
const authorize = createAuthorizer();
const identity = { ...caller, policies: [{ Statement: policy }] };
const may = (input: object) => {
  const update = { Key: { pk: { S: "picture#1" }, sk: { S: "record" } }, ...input };
  const context = accessed(update, keysOnly("catalog"));
  return authorize(identity, { action: "dynamodb:UpdateItem", resource: arn, context }).allowed;
};
const ExpressionAttributeNames = { "#mine": "x-mine", "#status": "status" };

it.each([
  ["its own attribute", { UpdateExpression: "SET #mine = :it" }, true],
  [
    "it on the record's being there",
    { UpdateExpression: "SET #mine = if_not_exists(#mine, :it)", ConditionExpression: "attribute_exists(pk)" },
    true,
  ],
  ["the status", { UpdateExpression: "SET #status = :it" }, false],
  ["the status by its bare name, beside its own", { UpdateExpression: "SET #mine = :it REMOVE status" }, false],
  ["inside another attribute", { UpdateExpression: "SET timings.resize = :it" }, false],
  [
    "its own on a condition about the status",
    { UpdateExpression: "SET #mine = :it", ConditionExpression: "#status = :was" },
    false,
  ],
  ["the status in the old way", { AttributeUpdates: { status: { Action: "DELETE" } } }, false],
  [
    "what is no picture's",
    { Key: { pk: { S: "content#1" }, sk: { S: "owner" } }, UpdateExpression: "SET #mine = :it" },
    false,
  ],
])("an actor of the stack's own that sets %s", (_, input, allowed) => {
  expect(may({ ExpressionAttributeNames, ...input })).toBe(allowed);
});
