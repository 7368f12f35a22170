import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { actors, functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev");
});

const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/darkroom-dev-catalog-table";
const bucket = (name: string) => `arn:aws:s3:::darkroom-dev-${name}-bucket`;
const ofEvery = (actor: string) => [
  `logs:CreateLogStream arn:aws:logs:eu-west-1:000000000000:log-group:darkroom-dev-${actor}-logs:*`,
  `logs:PutLogEvents arn:aws:logs:eu-west-1:000000000000:log-group:darkroom-dev-${actor}-logs:*`,
  "xray:PutTelemetryRecords *",
  "xray:PutTraceSegments *",
];
const records = [`dynamodb:GetItem ${table}`, `dynamodb:PutItem ${table}`, `dynamodb:UpdateItem ${table}`];
const stream = [
  ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
    (action) => `dynamodb:${action} ${table}/stream/2000-01-01T00:00:00.000`,
  ),
  `s3:ListBucket ${bucket("dead-letters")}`,
  `s3:PutObject ${bucket("dead-letters")}/*`,
];
const intake = (action: string, name = "intake") =>
  `sqs:${action} arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-${name}-queue`;
const queue = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage"].map((action) => intake(action));

const seen = (name: string) => [`s3:GetObject ${bucket(name)}/originals/*`, `s3:ListBucket ${bucket(name)}`];
const originals = [...seen("working"), ...seen("archived")];
const grants: Record<(typeof actors)[number], string[]> = {
  ingest: [
    ...records,
    `dynamodb:DeleteItem ${table}`,
    ...queue,
    `s3:GetObject ${bucket("incoming")}/*`,
    `s3:ListBucket ${bucket("incoming")}`,
    `s3:PutObject ${bucket("working")}/originals/*`,
    `s3:DeleteObject ${bucket("working")}/originals/*`,
    `s3:PutObject ${bucket("quarantine")}/*`,
  ],
  moderate: [
    ...records,
    ...stream,
    `s3:GetObject ${bucket("working")}/originals/*`,
    `s3:PutObject ${bucket("working")}/previews/*`,
  ],
  resize: [
    ...records,
    ...stream,
    `s3:GetObject ${bucket("working")}/originals/*`,
    `s3:PutObject ${bucket("working")}/resized/*`,
  ],
  compress: [
    ...records,
    ...stream,
    `s3:GetObject ${bucket("working")}/resized/*`,
    `s3:PutObject ${bucket("working")}/compressed/*`,
  ],
  publish: [
    ...records,
    ...stream,
    `s3:GetObject ${bucket("working")}/compressed/*`,
    `s3:PutObject ${bucket("published")}/*`,
  ],
  forget: [
    ...records,
    ...stream,
    `dynamodb:DeleteItem ${table}`,
    `s3:GetObject ${bucket("incoming")}/*`,
    `s3:ListBucket ${bucket("incoming")}`,
    `s3:DeleteObject ${bucket("incoming")}/*`,
    ...["working", "quarantine", "published", "archived"].flatMap((name) => [
      `s3:ListBucketVersions ${bucket(name)}`,
      `s3:DeleteObject ${bucket(name)}/*`,
      `s3:DeleteObjectVersion ${bucket(name)}/*`,
    ]),
    "cloudfront:CreateInvalidation PICTURES",
  ],
  reconcile: [
    ...records,
    `dynamodb:Query ${table}/index/by-entry`,
    `s3:GetObject ${bucket("incoming")}/*`,
    `s3:ListBucket ${bucket("incoming")}`,
    intake("SendMessage"),
    `s3:PutObject ${bucket("dead-letters")}/*`,
    `s3:ListBucket ${bucket("dead-letters")}`,
  ],
  api: [
    ...records,
    `dynamodb:DeleteItem ${table}`,
    `dynamodb:Query ${table}`,
    `dynamodb:Query ${["by-entry", "by-uploader", "in-review"].map((index) => `${table}/index/${index}`)}`,
    `s3:PutObject ${bucket("incoming")}/uploads/*`,
    `s3:ListMultipartUploadParts ${bucket("incoming")}/uploads/*`,
    `s3:AbortMultipartUpload ${bucket("incoming")}/uploads/*`,
    `s3:GetObject ${bucket("working")}/previews/*`,
    `s3:DeleteObject ${bucket("working")}/previews/*`,
    `s3:ListBucket ${bucket("working")}`,
    `s3:ListBucket ${bucket("incoming")}`,
    `s3:ListBucket ${bucket("dead-letters")}`,
    `s3:GetObject ${bucket("dead-letters")}/*`,
    `s3:DeleteObject ${bucket("dead-letters")}/*`,
    intake("SendMessage"),
    intake("SendMessage", "thawed"),
    ...["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"].flatMap((action) =>
      ["intake-dead-letters", "thawed-dead-letters"].map((name) => intake(action, name)),
    ),
    "secretsmanager:GetSecretValue DOOR",
  ],
  archive: [...records, ...stream, ...originals, `s3:DeleteObject ${bucket("working")}/originals/*`],
  restore: [
    ...records,
    ...stream,
    ...originals,
    ...queue.map((line) => line.replace("intake-queue", "thawed-queue")),
    `s3:PutObject ${bucket("working")}/originals/*`,
    `s3:RestoreObject ${bucket("archived")}/originals/*`,
  ],
};

describe("roles", () => {
  it.each(actors)("%s may do exactly this", (actor) => {
    const arns = {
      PICTURES: String(named(graph, "cdn-distribution").outputs["arn"]),
      DOOR: String(named(graph, "door-secret").outputs["arn"]),
    };
    const own = grants[actor].map((line) => line.replace(/[A-Z]+$/, (word) => arns[word as keyof typeof arns] ?? word));
    expect(leave(graph, actor)).toEqual([...ofEvery(actor), ...own].sort());
  });

  it("are one a function, assumed by Lambda alone, without AWS's own policies", () => {
    const roles = functions(graph).map(({ inputs }) => inputs["role"]);
    expect(new Set(roles).size).toBe(actors.length);
    for (const { inputs, outputs, name } of ofType(graph, "aws:iam/role:Role")) {
      expect(Object.keys(inputs)).toEqual(["assumeRolePolicy"]);
      if (roles.includes(String(outputs["arn"])))
        expect(statements(inputs["assumeRolePolicy"])).toEqual([
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: ["sts:AssumeRole"] },
        ]);
      else expect(name).toBe("reconcile-caller");
    }
    expect(graph.resources.filter(({ type }) => type.includes("Attachment"))).toEqual([]);
  });

  it("name every action in full, and every resource that AWS can name", async () => {
    const all = await stackGraph("prod", { "darkroom:moderation": { screen: "nsfwjs", escalate: "rekognition" } });
    const lines = actors.flatMap((actor) => leave(all, actor));
    expect(lines.filter((line) => line.split(" ")[0]!.includes("*"))).toEqual([]);
    const everywhere = lines.filter((line) => line.endsWith(" *")).map((line) => line.split(" ")[0]);
    expect([...new Set(everywhere)].sort()).toEqual([
      "rekognition:DetectModerationLabels",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  it("lets moderate ask Rekognition only where the stack does", async () => {
    expect(leave(graph, "moderate").join()).not.toContain("rekognition");
    const asking = await stackGraph("dev", { "darkroom:moderation": { screen: "rekognition" } });
    expect(leave(asking, "moderate")).toContain("rekognition:DetectModerationLabels *");
  });
});

describe("secrets", () => {
  const changes = {
    "darkroom:compression": { kind: "tinify" },
    "darkroom:tinifyKey": "key-of-tinify",
    "darkroom:moderation": { screen: "http", url: "https://moderator.example.com" },
    "darkroom:moderatorToken": "token-of-moderator",
  };
  const secret = (name: string) =>
    expect.stringMatching(`^arn:aws:secretsmanager:eu-west-1:000000000000:secret:darkroom-dev-${name}-secret-`);

  it("go to Secrets Manager; the one function that needs each is told where it is, and nothing else in the stack knows it", async () => {
    const all = await stackGraph("dev", changes, ["darkroom:tinifyKey", "darkroom:moderatorToken"]);
    expect(inputsOf(all, "tinify-key-value")).toMatchObject({ secretString: "key-of-tinify" });
    expect(inputsOf(all, "moderator-token-value")).toMatchObject({ secretString: "token-of-moderator" });
    const others = all.resources.filter(({ type }) => type !== "aws:secretsmanager/secretVersion:SecretVersion");
    expect(JSON.stringify([others, all.outputs])).not.toMatch(/key-of-tinify|token-of-moderator/);

    const variables = Object.fromEntries(functions(all).map((fn) => [fn.name, variablesOf(fn)]));
    expect(variables["compress-fn"]).toMatchObject({ TINIFY_SECRET: secret("tinify-key") });
    expect(variables["moderate-fn"]).toMatchObject({ MODERATOR_SECRET: secret("moderator-token") });
    const readers = actors.filter((actor) => leave(all, actor).some((line) => line.startsWith("secretsmanager:")));
    // The API's is the door's own.
    expect(readers).toEqual(["moderate", "compress", "api"]);
    expect(leave(all, "compress")).toContain(
      `secretsmanager:GetSecretValue ${String(variables["compress-fn"]!["TINIFY_SECRET"]).split("|")[0]}`,
    );
  });

  it("are not made where nothing uses them", () => {
    expect(ofType(graph, "aws:secretsmanager/secret:Secret").map(({ name }) => name)).toEqual(["door-secret"]);
    const compress = functions(graph).find(({ name }) => name === "compress-fn")!;
    expect(variablesOf(compress)["TINIFY_SECRET"]).toBe("");
  });
});
