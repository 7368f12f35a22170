import { describe, expect, it } from "vitest";
import { createEventBus, type RuleConfig, s3ObjectCreated } from "../../local/aws/events.ts";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { PolicyDocument } from "../../local/aws/types.ts";
import { account, arn } from "./rig.ts";

describe("the event bus", () => {
  const ruleArn = `arn:aws:events:eu-west-1:${account}:rule/objects`;
  const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:ingest`;
  const object = {
    bucket: "incoming",
    key: "a b/ü.jpg",
    size: 5,
    etag: "b1946ac92492d2347c6235b4d2611184",
    sequencer: "0064D3901D00059242",
    reason: "PutObject",
    time: "2026-11-23T10:00:00.123Z",
  } as const;
  const place = { region: "eu-west-1", account };
  const letsIn = (source: string): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: ["sqs:SendMessage", "lambda:InvokeFunction"],
      Resource: [arn, functionArn],
      Condition: { ArnEquals: { "aws:SourceArn": source } },
    },
  });
  const rule: RuleConfig = {
    name: "objects",
    arn: ruleArn,
    eventPattern: '{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["incoming"]}}}',
    targets: [{ arn }],
  };

  function bus(rules: readonly RuleConfig[], policy: PolicyDocument | undefined = letsIn(ruleArn)) {
    const sent: unknown[] = [];
    const warnings: string[] = [];
    const { put } = createEventBus({
      rules,
      authorize: createAuthorizer(),
      policyOf: () => policy,
      send: (queueArn, body) => sent.push([queueArn, JSON.parse(body)]),
      invokeAsync: (target, event) => sent.push([target, event]),
      warn: (message) => warnings.push(message),
    });
    return { put, sent, warnings };
  }

  it("tells of a new object as S3 does", () => {
    expect(s3ObjectCreated({ ...object, versionId: "v1" }, place)).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Object Created",
      source: "aws.s3",
      account,
      time: "2026-11-23T10:00:00Z",
      region: "eu-west-1",
      resources: ["arn:aws:s3:::incoming"],
      detail: {
        version: "0",
        bucket: { name: "incoming" },
        object: { key: "a b/ü.jpg", size: 5, etag: object.etag, "version-id": "v1", sequencer: object.sequencer },
        "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
        requester: account,
        "source-ip-address": "127.0.0.1",
        reason: "PutObject",
      },
    });
    expect(s3ObjectCreated(object, place)).not.toHaveProperty("detail.object.version-id");
  });

  it("brings an event to the targets of the rules that it matches", () => {
    const other = { ...rule, eventPattern: { source: ["aws.ec2"] } };
    const off = { ...rule, enabled: false };
    const toFunction = { ...rule, targets: [{ arn: functionArn }] };
    const { put, sent, warnings } = bus([rule, other, off, toFunction, { ...rule, eventPattern: undefined }]);
    const event = s3ObjectCreated(object, place);
    put(event);
    expect(sent).toEqual([
      [arn, event],
      [functionArn, event],
    ]);
    put(s3ObjectCreated({ ...object, bucket: "working" }, place));
    expect(sent).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["no policy", { Statement: [] }],
    ["a policy for another rule", letsIn(`${ruleArn}-other`)],
  ])("reaches no target with %s, and says what is missing", (_, policy) => {
    const { put, sent, warnings } = bus([rule, { ...rule, targets: [{ arn: functionArn }] }], policy);
    put(s3ObjectCreated(object, place));
    expect(sent).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/objects.*sqs:SendMessage.*intake/),
      expect.stringContaining("lambda:InvokeFunction"),
    ]);
  });

  it("refuses a rule whose pattern is none", () => {
    expect(() => bus([{ ...rule, eventPattern: '{"source":"aws.s3"}' }])).toThrow("PATTERN_INVALID");
  });
});
