import { PublishBatchCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect, it } from "vitest";
import type { Announcement } from "../../handlers/announce.ts";
import { snsTopic } from "../../handlers/aws/topic.ts";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { snsEndpoint } from "../../local/aws/sns/endpoint.ts";
import { createTopics } from "../../local/aws/sns/topics.ts";
import type { Delivery, Subscription, TopicConfig } from "../../local/aws/sns/types.ts";
import type { QueueConfig } from "../../local/aws/sqs/types.ts";
import type { Identity, PolicyDocument } from "../../local/aws/types.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { topicsOf } from "../../local/wiring/topics.ts";
import { serve } from "../laptop/serve.ts";
import { account, arn, dead, deadArn, intake, queueRig } from "./rig.ts";

/** The laptop's SNS, asked by the SDK's own client, over the laptop's own queues. */
const { open } = queueRig();
const topicArn = `arn:aws:sns:eu-west-1:${account}:changes`;

const leave = (resource: string, source = topicArn): PolicyDocument => ({
  Statement: {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: resource,
    Condition: { ArnEquals: { "aws:SourceArn": source } },
  },
});
const caller: Identity = {
  arn: `arn:aws:sts::${account}:assumed-role/fn/fn`,
  accessKeyId: "AKIAFN",
  secretAccessKey: "key",
  policies: [{ Statement: { Effect: "Allow", Action: "sns:Publish", Resource: topicArn } }],
};

async function rig({
  subscription = {},
  topic = {},
  intakePolicy = leave(arn),
  deadPolicy = leave(deadArn),
  policies = caller.policies,
}: {
  readonly subscription?: Partial<Subscription>;
  readonly topic?: Partial<TopicConfig>;
  readonly intakePolicy?: PolicyDocument;
  readonly deadPolicy?: PolicyDocument;
  readonly policies?: Identity["policies"];
} = {}) {
  const configs: QueueConfig[] = [
    { ...intake, policy: intakePolicy },
    { ...dead, policy: deadPolicy },
  ];
  const queues = open(configs);
  const [said, deliveries]: [string[], Delivery[]] = [[], []];
  const subscriptions = [
    { name: "resize", queueArn: arn, filter: { status: ["accepted"] }, deadLetterArn: deadArn, ...subscription },
  ];
  const authorize = createAuthorizer();
  const topics = createTopics([{ name: "changes", arn: topicArn, subscriptions, ...topic }], {
    queues,
    authorize,
    measure: (_, delivery) => void deliveries.push(delivery),
    warn: (text) => void said.push(text),
  });
  const identityOf = (id: string) => (id === caller.accessKeyId ? { ...caller, policies } : undefined);
  const endpoint = snsEndpoint(topics, { identityOf, authorize });
  const url = await serve((request, response) => void endpoint(request, response));
  const client = new SNSClient({
    region: "eu-west-1",
    endpoint: `${url}/aws/sns`,
    credentials: caller,
    maxAttempts: 1,
  });
  const bodies = (queueArn: string) => queues.receive(queueArn, 10).map(({ body }) => body);
  return { client, bodies, said, deliveries, publish: snsTopic(client, topicArn) };
}

const told = (id: string, status = "accepted", body = `change ${id} & <é\n>`): Announcement => ({
  id,
  body,
  attributes: { status, source: "upload", homeRegion: "eu-west-1" },
});

it("has each message, as it was, in the queue of those who want it, once its publisher is answered", async () => {
  const { publish, bodies, deliveries } = await rig();
  expect(await publish([told("1"), told("2", "received"), told("3")])).toEqual([]);
  expect(bodies(arn)).toEqual([told("1").body, told("3").body]);
  expect(deliveries).toEqual(["delivered", "filtered", "delivered"]);
});

it("wants every attribute of a filter to fit", async () => {
  const { publish, bodies } = await rig({
    subscription: { filter: { status: ["accepted"], homeRegion: ["eu-west-1", "eu-north-1"], source: ["disk"] } },
  });
  await publish([told("1"), { ...told("2"), attributes: { ...told("2").attributes, source: "disk" } }]);
  expect(bodies(arn)).toEqual([told("2").body]);
});

it("takes single messages as well", async () => {
  const { client, bodies } = await rig({ subscription: { filter: {} } });
  const { MessageId } = await client.send(new PublishCommand({ TopicArn: topicArn, Message: "hello" }));
  expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
  expect(bodies(arn)).toEqual(["hello"]);
});

it("lets nobody publish without leave, and heeds the topic's own policy", async () => {
  const refused = { name: "AuthorizationErrorException", message: expect.stringContaining("sns:Publish") };
  await expect((await rig({ policies: [] })).publish([told("1")])).rejects.toMatchObject(refused);
  const Statement = { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: topicArn } as const;
  await expect((await rig({ topic: { policy: { Statement } } })).publish([told("1")])).rejects.toMatchObject(refused);
});

it("puts aside what a queue's policy does not let SNS send, and says so", async () => {
  const { publish, bodies, said, deliveries } = await rig({ intakePolicy: leave(arn, `${topicArn}-other`) });
  expect(await publish([told("1")])).toEqual([]);
  expect([bodies(arn), bodies(deadArn)]).toEqual([[], [told("1").body]]);
  expect(deliveries).toEqual(["redriven"]);
  expect(said.join()).toMatch(/subscription resize: .*sqs:SendMessage.*It lies in .*intake-dead/);
});

it("says of what it can put nowhere that it is lost", async () => {
  const { publish, said, deliveries } = await rig({
    intakePolicy: leave(arn, `${topicArn}-other`),
    subscription: { deadLetterArn: undefined },
  });
  await publish([told("1")]);
  expect(deliveries).toEqual(["lost"]);
  expect(said.join()).toMatch(/It is lost: it has no dead-letter queue/);
});

it("refuses in a batch only the messages that SNS would refuse", async () => {
  const { publish, bodies } = await rig();
  const refused = await publish([told("1"), told("2", "accepted", "x".repeat(256 * 1024 - 300)), told("3", "")]);
  expect(refused).toEqual([{ id: "3", why: expect.stringContaining("InvalidParameter") }]);
  expect(bodies(arn)).toHaveLength(2);
});

it("refuses whole what SNS would: none or too many, the same twice, too much, and a topic that is not there", async () => {
  const { client, publish, bodies } = await rig();
  const many = Array.from({ length: 11 }, (_, at) => told(String(at)));
  const large = ["1", "2"].map((id) => told(id, "accepted", "x".repeat(150_000)));
  for (const [some, code] of [
    [[], "EmptyBatchRequest"],
    [many, "TooManyEntriesInBatchRequest"],
    [[told("1"), told("1")], "BatchEntryIdsNotDistinct"],
    [large, "BatchRequestTooLong"],
  ] as const)
    await expect(publish(some), code).rejects.toMatchObject({ name: expect.stringContaining(code) });
  const nowhere = { TopicArn: `${topicArn}-gone`, PublishBatchRequestEntries: [{ Id: "1", Message: "x" }] };
  await expect(client.send(new PublishBatchCommand(nowhere))).rejects.toMatchObject({
    name: "AuthorizationErrorException",
  });
  expect(bodies(arn)).toEqual([]);
});

it("refuses at its start what it cannot do", () => {
  const resource = (type: string, name: string, inputs: object, outputs: object = {}): Resource => ({
    urn: name,
    type,
    name,
    custom: true,
    inputs: inputs as Resource["inputs"],
    outputs: { ...inputs, ...outputs },
    protect: false,
    region: "eu-west-1",
    dependencies: [],
  });
  const graph = (inputs: object) =>
    ({
      resources: [
        resource("aws:sns/topic:Topic", "changes", {}, { name: "changes", arn: topicArn }),
        resource("aws:sqs/queue:Queue", "intake", {}, { name: "intake", arn }),
        resource("aws:sns/topicSubscription:TopicSubscription", "resize", {
          topic: topicArn,
          protocol: "sqs",
          endpoint: arn,
          rawMessageDelivery: true,
          ...inputs,
        }),
      ],
    }) as unknown as Graph;
  expect(topicsOf(graph({ filterPolicy: '{"status":["accepted"]}' }))[0]?.subscriptions).toEqual([
    { name: "resize", queueArn: arn, filter: { status: ["accepted"] }, deadLetterArn: undefined },
  ]);
  expect(topicsOf(graph({ protocol: "email" }))[0]?.subscriptions).toEqual([]);
  for (const [inputs, words] of [
    [{ protocol: "lambda" }, /to lead to a queue, received "lambda"/],
    [{ rawMessageDelivery: false }, /raw/],
    [{ filterPolicyScope: "MessageBody" }, /MessageAttributes, received "MessageBody"/],
    [{ filterPolicy: '{"status":[{"prefix":"acc"}]}' }, /texts .*prefix/],
    [{ endpoint: `${arn}-gone` }, /GRAPH_BROKEN: subscription resize/],
  ] as const)
    expect(() => topicsOf(graph(inputs))).toThrow(words);
});
