import { beforeAll, describe, expect, it } from "vitest";
import { envOf } from "../../handlers/env.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

/** The other wiring of the same actors, in a stack with a source that gets results back. */
let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", {
    "darkroom:chaining": "sns",
    "darkroom:concurrency": { resize: 3, announce: 8 },
    "darkroom:sources": [{ name: "shelf", kind: "s3", bucket: "example-shelf", prefix: "raw/", writeBack: "web/" }],
  });
});

const woken = [
  ["moderate", "received", 1, 10, 5],
  ["resize", "accepted", 1, 3, 5],
  ["compress", "resized", 1, 10, 5],
  ["publish", "compressed", 10, 10, 5],
  ["forget", "forgetting", 1, 2, 100],
  ["write-back-shelf", "published", 1, 2, 20],
] as const;
const queueArn = (name: string) => `arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-${name}-queue`;
const topicArn = "arn:aws:sns:eu-west-1:000000000000:darkroom-dev-announcements-topic";
const source = (actor: string) => (actor === "write-back-shelf" ? { source: ["shelf"] } : {});

describe("chained by SNS", () => {
  it.each(woken)("%s hears of what is %s by a queue of its own", (actor, status, batchSize, parallel, retries) => {
    const name = `${actor}-trigger`;
    const { filterPolicy, redrivePolicy, ...subscription } = inputsOf(graph, `${name}-subscription`);
    expect(subscription).toEqual({
      topic: topicArn,
      protocol: "sqs",
      endpoint: queueArn(name),
      rawMessageDelivery: true,
      filterPolicyScope: "MessageAttributes",
    });
    const attributes = { status: [status], homeRegion: ["eu-west-1"], ...source(actor) };
    expect(JSON.parse(filterPolicy!)).toEqual(attributes);
    const deadLetterTargetArn = queueArn(`${name}-dead-letters`);
    expect(JSON.parse(redrivePolicy!)).toEqual({ deadLetterTargetArn });

    const queue = inputsOf(graph, `${name}-queue`);
    expect(JSON.parse(queue["redrivePolicy"]!)).toEqual({ deadLetterTargetArn, maxReceiveCount: retries + 1 });
    expect(queue).toMatchObject({
      sqsManagedSseEnabled: true,
      visibilityTimeoutSeconds: 6 * Number(inputsOf(graph, `${actor}-fn`)["timeout"]),
    });

    const { filterCriteria, ...mapping } = inputsOf(graph, `${name}-delivery`) as unknown as {
      filterCriteria: { filters: { pattern: string }[] };
    };
    expect(mapping).toEqual({
      eventSourceArn: queueArn(name),
      functionName: `arn:aws:lambda:eu-west-1:000000000000:function:darkroom-dev-${actor}-fn`,
      batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: parallel },
    });
    // What a subscription's own policy lets through until it is followed everywhere.
    const { body } = JSON.parse(filterCriteria.filters[0]!.pattern);
    expect(body.dynamodb.NewImage).toMatchObject({ status: { S: [status] }, homeRegion: { S: ["eu-west-1"] } });
  });

  it("reads the table's stream once for all of them, from its beginning, and only after all of them listen", () => {
    const readers = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").filter(
      ({ inputs }) => inputs["startingPosition"] !== undefined,
    );
    // What is no step of the chain is not announced.
    expect(readers.map(({ name }) => name).sort()).toEqual([
      "announce-trigger-mapping",
      "archive-trigger-mapping",
      "restore-trigger-mapping",
    ]);
    const reader = named(graph, "announce-trigger-mapping");
    expect(reader.inputs).toMatchObject({ startingPosition: "TRIM_HORIZON", batchSize: 10, maximumRetryAttempts: 20 });
    const { filters } = reader.inputs["filterCriteria"] as { filters: { pattern: string }[] };
    expect(filters.map(({ pattern }) => JSON.parse(pattern).dynamodb.NewImage.status.S)).toEqual([
      ["received", "accepted", "resized", "compressed", "forgetting"],
      ["published"],
    ]);
    const before = reader.dependencies.map((urn) => urn.split("::").at(-1));
    for (const [actor] of woken)
      expect(before).toEqual(expect.arrayContaining([`${actor}-trigger-subscription`, `${actor}-trigger-delivery`]));
  });

  it("lets announce publish to the topic and read the stream, and nothing else", () => {
    const own = leave(graph, "announce").filter((line) => !/^(logs|xray):/.test(line));
    const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/darkroom-dev-catalog-table";
    expect(own).toEqual([
      ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
        (action) => `dynamodb:${action} ${table}/stream/2000-01-01T00:00:00.000`,
      ),
      "s3:ListBucket arn:aws:s3:::darkroom-dev-dead-letters-bucket",
      "s3:PutObject arn:aws:s3:::darkroom-dev-dead-letters-bucket/*",
      `sns:Publish ${topicArn}`,
    ]);
    expect(Object.keys(variablesOf(named(graph, "announce-fn"))).sort()).toEqual(Object.keys(envOf.announce).sort());
  });

  it("lets each actor take from its own queue, and no longer read the stream", async () => {
    const streams = await stackGraph("dev");
    for (const [actor] of woken.slice(0, -1)) {
      const before = leave(streams, actor).filter((line) => !/\/stream\/|dead-letters/.test(line));
      const taking = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage"].map(
        (action) => `sqs:${action} ${queueArn(`${actor}-trigger`)}`,
      );
      expect(leave(graph, actor)).toEqual([...before, ...taking].sort());
    }
    // Its failed calls go where they went.
    expect(leave(graph, "write-back-shelf")).toContain("s3:PutObject arn:aws:s3:::darkroom-dev-dead-letters-bucket/*");
  });

  it("lets only this topic send to the queues, and encrypts it", () => {
    for (const [actor] of woken)
      for (const name of [`${actor}-trigger`, `${actor}-trigger-dead-letters`]) {
        const policy = ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").find((each) => each.name === `${name}-policy`);
        expect(statements(policy?.inputs["policy"]).filter(({ Effect }) => Effect === "Allow")).toEqual([
          {
            Sid: "Deliver",
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: ["sqs:SendMessage"],
            Resource: queueArn(name),
            Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
          },
        ]);
      }
    expect(inputsOf(graph, "announcements-topic")).toEqual({ kmsMasterKeyId: "alias/aws/sns" });
  });

  it("tells the API where changes lie that were given up, and lets it wake their pictures from there", () => {
    const told = JSON.parse(variablesOf(named(graph, "api-fn"))["DEAD_QUEUES"]!) as { actor: string; from: string }[];
    const lines = leave(graph, "api");
    for (const [actor] of woken) {
      const { url, arn } = named(graph, `${actor}-trigger-dead-letters-queue`).outputs;
      expect(told).toContainEqual({ actor: actor.replace("-shelf", ""), from: url });
      for (const action of ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"])
        expect(lines).toContain(`sqs:${action} ${arn}`);
    }
  });

  it("tells as fast as what is set aside for it, as all of the chain waits for that", () => {
    expect(inputsOf(graph, "announce-fn")["reservedConcurrentExecutions"]).toBe(8);
    expect(inputsOf(graph, "announce-trigger-mapping")["parallelizationFactor"]).toBe(2);
  });

  it("is not there unless it is asked for", async () => {
    const streams = await stackGraph("dev");
    expect(ofType(streams, "aws:sns/topic:Topic")).toEqual([]);
    expect(functions(streams).map(({ name }) => name)).not.toContain("announce-fn");
  });

  it("refuses an actor that may do one thing at a time: what is throttled would be given up for nothing", async () => {
    const one = { "darkroom:concurrency": { moderate: 1 } };
    await expect(stackGraph("dev", { ...one, "darkroom:chaining": "sns" })).rejects.toThrow(
      /darkroom:concurrency\.moderate: with chaining sns .* 2 or more/,
    );
    await expect(stackGraph("dev", { "darkroom:chaining": "topics" })).rejects.toThrow(/darkroom:chaining/);
  });
});
