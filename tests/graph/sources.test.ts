import { beforeAll, describe, expect, it } from "vitest";
import { envOf } from "../../handlers/env.ts";
import type { Graph } from "../../local/graph.ts";
import { account, arnOf, config, names, token } from "./source-stack.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", config, ["darkroom:sourceSecrets"]);
});

const variables = (name: string) =>
  variablesOf(functions(graph).find((each) => each.name === `pull-${name}-fn`)!) as Record<string, string>;

describe("sources", () => {
  it("have a function each; a stack without sources has none", async () => {
    const pulling = (of: Graph) =>
      functions(of)
        .map(({ name }) => name)
        .filter((name) => /^(pull|write-back)/.test(name));
    const writing = ["studio", "keyless"].map((name) => `write-back-${name}-fn`);
    expect(pulling(graph).sort()).toEqual([...names.map((name) => `pull-${name}-fn`), ...writing].sort());
    const none = await stackGraph("dev");
    expect(pulling(none)).toEqual([]);
    expect(none.resources.filter(({ type }) => /SourcePull|WriteBack/.test(type))).toEqual([]);
  });

  it.each(names)("%s gets exactly the variables that the handler reads, and 512 MB for 300 s", (name) => {
    expect(Object.keys(variables(name)).sort()).toEqual(Object.keys(envOf.pull).sort());
    expect(JSON.parse(variables(name)["SOURCE"]!)).toMatchObject({ name });
    expect(variables(name)["HOOK_URL"]).toBe(`${graph.outputs["siteUrl"]}/hooks/${name}`);
    expect(inputsOf(graph, `pull-${name}-fn`)).toMatchObject({ memorySize: 512, timeout: 300 });
    expect(inputsOf(graph, `pull-${name}-fn`)["code"]).toEqual({ path: expect.stringMatching(/\/pull$/) });
    expect(inputsOf(graph, `pull-${name}-fn`)).not.toHaveProperty("reservedConcurrentExecutions");
  });

  it("keep their credentials in Secrets Manager, and nowhere else in the stack", () => {
    expect(inputsOf(graph, "pull-campaigns-value")).toMatchObject({ secretString: token });
    const others = graph.resources.filter(({ type }) => type !== "aws:secretsmanager/secretVersion:SecretVersion");
    expect(JSON.stringify([others, graph.outputs])).not.toMatch(/token-of-campaigns|key-of-partner/);
    const secret = named(graph, "pull-campaigns-secret").outputs["arn"];
    // The very version, so that with another secret no function stays warm that read the old one.
    const { versionId } = named(graph, "pull-campaigns-value").outputs;
    expect(variables("campaigns")["SOURCE_SECRET"]).toBe(`${secret}|${versionId}`);
    expect(variables("studio")["SOURCE_SECRET"]).toBe("");
  });

  describe("roles", () => {
    const table = `arn:aws:dynamodb:${account}:table/darkroom-dev-catalog-table`;
    const bucket = (name: string) => `arn:aws:s3:::darkroom-dev-${name}-bucket`;
    const ofEvery = (name: string) => [
      ...["GetItem", "UpdateItem"].map((action) => `dynamodb:${action} ${table}`),
      ...["CreateLogStream", "PutLogEvents"].map(
        (action) => `logs:${action} arn:aws:logs:${account}:log-group:darkroom-dev-pull-${name}-logs:*`,
      ),
      `s3:AbortMultipartUpload ${bucket("incoming")}/pulled/${name}/*`,
      `s3:ListBucket ${bucket("dead-letters")}`,
      `s3:PutObject ${bucket("dead-letters")}/*`,
      `s3:PutObject ${bucket("incoming")}/pulled/${name}/*`,
      ...["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"].map(
        (action) => `sqs:${action} arn:aws:sqs:${account}:darkroom-dev-pull-${name}-files-queue`,
      ),
      "xray:PutTelemetryRecords *",
      "xray:PutTraceSegments *",
    ];

    it.each(["campaigns", "partner"])("%s, which has credentials, may read them, and nothing of AWS beyond", (name) => {
      const own = `secretsmanager:GetSecretValue ${named(graph, `pull-${name}-secret`).outputs["arn"]}`;
      expect(leave(graph, `pull-${name}`)).toEqual([...ofEvery(name), own].sort());
    });

    it("keyless may prove who it is to Entra ID, and to nobody else", () => {
      const own = "sts:GetWebIdentityToken *";
      expect(leave(graph, "pull-keyless")).toEqual([...ofEvery("keyless"), own].sort());
      for (const actor of ["pull-keyless", "write-back-keyless"])
        expect(statements(inputsOf(graph, `${actor}-policy`)["policy"])).toContainEqual({
          Effect: "Allow",
          Action: ["sts:GetWebIdentityToken"],
          Resource: "*",
          Condition: { "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "api://AzureADTokenExchange" } },
        });
    });

    it("studio, which has none, may read below its prefix and write below its folder", () => {
      const own = [
        "s3:ListBucket arn:aws:s3:::studio-raw",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: so IAM writes a star that is no wildcard.
        "s3:GetObject arn:aws:s3:::studio-raw/raw${*}/*",
        "s3:PutObject arn:aws:s3:::studio-raw/web/*",
      ];
      expect(leave(graph, "pull-studio")).toEqual([...ofEvery("studio"), ...own].sort());
    });
  });

  describe("schedules", () => {
    const group = (name: string) => `arn:aws:scheduler:${account}:schedule-group/darkroom-dev-pull-${name}-group`;
    const missed = (name: string) => `arn:aws:sqs:${account}:darkroom-dev-pull-${name}-missed-queue`;

    it.each([
      ["campaigns", "rate(1 hour)"],
      ["studio", "rate(5 minutes)"],
    ])("call %s at a %s", (name, scheduleExpression) => {
      expect(inputsOf(graph, `pull-${name}-schedule`)).toEqual({
        description: `Looks for new pictures in the source ${name}`,
        groupName: `darkroom-dev-pull-${name}-group`,
        scheduleExpression,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: arnOf(name),
          roleArn: `arn:aws:iam::000000000000:role/darkroom-dev-pull-${name}-caller`,
          input: JSON.stringify({ poll: name }),
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
          deadLetterConfig: { arn: missed(name) },
        },
      });
    });

    it("have a role that may call this one function, and put aside what did not reach it", () => {
      expect(statements(inputsOf(graph, "pull-studio-call")["policy"])).toEqual([
        { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: arnOf("studio") },
        { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: missed("studio") },
      ]);
      expect(inputsOf(graph, "pull-studio-call")["role"]).toBe("darkroom-dev-pull-studio-caller");
    });

    it("alone may take that role on, in their own group and account", () => {
      expect(statements(inputsOf(graph, "pull-studio-caller")["assumeRolePolicy"])).toEqual([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: ["sts:AssumeRole"],
          Condition: {
            StringEquals: { "aws:SourceArn": group("studio"), "aws:SourceAccount": "000000000000" },
          },
        },
      ]);
    });

    it("put a call that failed twice into the dead letters", () => {
      expect(inputsOf(graph, "pull-studio-calls")).toEqual({
        functionName: "darkroom-dev-pull-studio-fn",
        maximumRetryAttempts: 1,
        maximumEventAgeInSeconds: 3600,
        destinationConfig: { onFailure: { destination: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
      });
    });
  });

  describe("queues", () => {
    it("of files wake the function that filled them, five at a time, a few batches at once", () => {
      expect(variables("studio")["QUEUE_URL"]).toBe(
        "https://sqs.eu-west-1.amazonaws.com/000000000000/darkroom-dev-pull-studio-files-queue",
      );
      expect(inputsOf(graph, "pull-studio-mapping")).toEqual({
        eventSourceArn: `arn:aws:sqs:${account}:darkroom-dev-pull-studio-files-queue`,
        functionName: arnOf("studio"),
        batchSize: 5,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 5 },
      });
    });

    it("hide a file six times as long as its fetch may take, and give it up after six tries", () => {
      const { visibilityTimeoutSeconds, redrivePolicy } = inputsOf(graph, "pull-studio-files-queue");
      expect(visibilityTimeoutSeconds).toBe(1800);
      expect(JSON.parse(redrivePolicy!)).toEqual({
        deadLetterTargetArn: `arn:aws:sqs:${account}:darkroom-dev-pull-studio-dead-letters-queue`,
        maxReceiveCount: 6,
      });
    });

    it("let no service in, save EventBridge where a rule calls for looks: roles send by their own leave, over TLS", () => {
      const senders = (queue: string) => {
        expect(inputsOf(graph, `${queue}-queue`)).toMatchObject({ sqsManagedSseEnabled: true });
        return statements(inputsOf(graph, `${queue}-policy`)["policy"])
          .filter(({ Effect }) => Effect === "Allow")
          .map(({ Action, Principal, Condition }) => ({ Action, Principal, Condition }));
      };
      const rule = {
        Action: ["sqs:SendMessage"],
        Principal: { Service: "events.amazonaws.com" },
        Condition: {
          ArnEquals: { "aws:SourceArn": `arn:aws:events:${account}:rule/darkroom-dev-pull-studio-rule` },
          StringEquals: { "aws:SourceAccount": "000000000000" },
        },
      };
      expect(senders("pull-studio-files")).toEqual([rule]);
      expect(senders("pull-studio-dead-letters")).toEqual([rule]);
      for (const queue of ["pull-studio-missed", "pull-campaigns-files", "pull-campaigns-dead-letters"])
        expect(senders(queue)).toEqual([]);
    });
  });

  it("reserve what the stack says, and leave one of it to the schedule and one to the calls", async () => {
    const reserving = await stackGraph("dev", { ...config, "darkroom:concurrency": { pull: 4 } }, [
      "darkroom:sourceSecrets",
    ]);
    expect(inputsOf(reserving, "pull-studio-fn")).toMatchObject({ reservedConcurrentExecutions: 4 });
    expect(inputsOf(reserving, "pull-studio-mapping")["scalingConfig"]).toEqual({ maximumConcurrency: 2 });
  });

  it("ring where the stack has alarms: for errors, and for queues that should be empty", async () => {
    const prod = await stackGraph("prod", config, ["darkroom:sourceSecrets"]);
    const alarms = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(alarms.filter((name) => name.startsWith("pull-studio-")).sort()).toEqual([
      "pull-studio-dead-letters-waiting",
      "pull-studio-dropped",
      "pull-studio-errors",
      "pull-studio-failing",
      "pull-studio-files-old",
      "pull-studio-missed-waiting",
      "pull-studio-needs-person",
      "pull-studio-not-kept",
      "pull-studio-slow",
      "pull-studio-throttles",
    ]);
    expect(inputsOf(prod, "pull-campaigns-secret")).toMatchObject({ recoveryWindowInDays: 30 });
  });
});
