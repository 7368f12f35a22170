import { expect, it } from "vitest";
import { createEventBus, s3ObjectCreated } from "../../local/aws/events.ts";
import { rulesOf } from "../../local/wiring/queues.ts";

const queue = "arn:aws:sqs:eu-west-1:000000000000:files";
const fn = "arn:aws:lambda:eu-west-1:000000000000:function:ingest";
const resource = (type: string, inputs: object) => ({
  urn: type,
  type,
  name: "objects",
  custom: true,
  region: "eu-west-1",
  inputs: inputs as Record<string, unknown>,
  outputs: { name: "objects", arn: "arn:aws:events:eu-west-1:000000000000:rule/objects" },
  protect: false,
  dependencies: [],
});
const rules = (target: object) =>
  rulesOf({
    project: "darkroom",
    stack: "dev",
    outputs: {},
    resources: [
      resource("aws:cloudwatch/eventRule:EventRule", { eventPattern: '{"source":["aws.s3"]}' }),
      resource("aws:cloudwatch/eventTarget:EventTarget", { rule: "objects", ...target }),
    ],
  });

it.each([queue, fn])("a target with an input of its own gets that in the place of the event: %s", (arn) => {
  const got: unknown[] = [];
  const bus = createEventBus({
    rules: rules({ arn, input: '{"poll":true}' }),
    authorize: () => ({ allowed: true }),
    policyOf: () => undefined,
    send: (_, body) => got.push(JSON.parse(body)),
    invokeAsync: (_, event) => got.push(event),
    warn: () => {},
  });
  const object = {
    bucket: "b",
    key: "k",
    size: 1,
    etag: "e",
    sequencer: "1",
    reason: "PutObject",
    time: "2026-11-23T10:00:00.123Z",
  } as const;
  bus.put(s3ObjectCreated(object, { region: "eu-west-1", account: "000000000000" }));
  expect(got).toEqual([{ poll: true }]);
});

it("a target that transforms the event is named, not passed over", () => {
  expect(() => rules({ arn: queue, inputTransformer: { inputTemplate: "x" } })).toThrow(/^TARGET_UNSUPPORTED.*objects/);
});
