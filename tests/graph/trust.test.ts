import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { buckets, inputsOf, named, ofType, stackGraph, statements } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev");
});

const bucket = (name: string) => `arn:aws:s3:::darkroom-dev-${name}-bucket`;

describe("buckets", () => {
  it.each(buckets)("%s is private, encrypted, without ACLs, and refuses plain text", (name) => {
    expect(inputsOf(graph, `${name}-private`)).toEqual({
      bucket: `darkroom-dev-${name}-bucket`,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(inputsOf(graph, `${name}-owner`)).toMatchObject({ rule: { objectOwnership: "BucketOwnerEnforced" } });
    expect(inputsOf(graph, `${name}-encryption`)).toMatchObject({
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(statements(inputsOf(graph, `${name}-policy`)["policy"])[0]).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:*"],
      Resource: [bucket(name), `${bucket(name)}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("let nobody in from outside, but one distribution each into the published pictures and the page", () => {
    const allowed = buckets
      .flatMap((name) => statements(inputsOf(graph, `${name}-policy`)["policy"]))
      .filter(({ Effect }) => Effect === "Allow");
    const readBy = (name: string, distribution: string) => ({
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: ["s3:GetObject"],
      Resource: `${bucket(name)}/*`,
      Condition: { StringEquals: { "aws:SourceArn": named(graph, distribution).outputs["arn"] } },
    });
    expect(allowed).toMatchObject([readBy("published", "cdn-distribution"), readBy("site", "site-distribution")]);
  });

  it("clear up after themselves, but keep originals and published pictures", () => {
    const expiring = (name: string) =>
      (
        inputsOf(graph, `${name}-lifecycle`)["rules"] as unknown as {
          filter: { prefix?: string };
          expiration?: { days: number };
          abortIncompleteMultipartUpload?: unknown;
        }[]
      )
        .filter(({ expiration }) => expiration)
        .map(({ filter, expiration }) => [filter.prefix ?? "everything", expiration!.days]);
    expect(Object.fromEntries(buckets.map((name) => [name, expiring(name)]))).toEqual({
      incoming: [["everything", 30]],
      working: [
        ["resized/", 7],
        ["compressed/", 7],
        ["previews/", 365],
      ],
      quarantine: [["everything", 90]],
      "dead-letters": [["everything", 90]],
      published: [],
      site: [],
      archived: [],
    });
    for (const name of buckets)
      expect(JSON.stringify(inputsOf(graph, `${name}-lifecycle`))).toContain('"daysAfterInitiation":1');
  });

  it("take uploads, whole or in parts, from the stack's own page and the named ones only", async () => {
    const open = await stackGraph("dev", { "darkroom:origins": ["https://cms.example.com"] });
    expect(ofType(open, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")).toHaveLength(1);
    expect(inputsOf(open, "incoming-cors")["corsRules"]).toEqual([
      {
        allowedMethods: ["GET", "POST", "PUT", "DELETE"],
        allowedOrigins: [open.outputs["siteUrl"], "https://cms.example.com"],
        allowedHeaders: ["content-type", "x-amz-*"],
        exposeHeaders: ["ETag", "x-amz-error-code"],
        maxAgeSeconds: 3600,
      },
    ]);
  });
});

describe("doors", () => {
  it("the API's own address is for callers of this account alone", () => {
    expect(inputsOf(graph, "front-url")).toEqual({ functionName: "darkroom-dev-api-fn", authorizationType: "AWS_IAM" });
    expect(ofType(graph, "aws:lambda/functionUrl:FunctionUrl")).toHaveLength(1);
  });

  it("queues are encrypted, refuse plain text, and let in EventBridge for this rule and account alone", () => {
    for (const name of ["intake", "intake-dead-letters"]) {
      expect(inputsOf(graph, `${name}-queue`)).toMatchObject({ sqsManagedSseEnabled: true });
      const [deny, deliver, ...more] = statements(
        ofType(graph, "aws:sqs/queuePolicy:QueuePolicy").find((policy) => policy.name === `${name}-policy`)!.inputs[
          "policy"
        ],
      );
      expect(deny).toMatchObject({
        Effect: "Deny",
        Principal: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
      expect(deliver).toMatchObject({
        Principal: { Service: "events.amazonaws.com" },
        Action: ["sqs:SendMessage"],
        Condition: {
          ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-west-1:000000000000:rule/darkroom-dev-intake-rule" },
          StringEquals: { "aws:SourceAccount": "000000000000" },
        },
      });
      expect(more).toEqual([]);
    }
  });
});
