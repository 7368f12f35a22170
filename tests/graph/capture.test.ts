import { fork } from "node:child_process";
import { resolve } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { capture, captureApart } from "../../local/capture.ts";
import { functions, ofType, program, stackGraph } from "./stacks.ts";

vi.mock("node:child_process", { spy: true });

const config = { "aws:region": "eu-west-1" };

describe("capture", () => {
  it("gives the same graph every time, whatever was captured between", async () => {
    const [first, other, second] = await Promise.all([stackGraph("dev"), stackGraph("prod"), stackGraph("dev")]);
    const byName = (graph: typeof first) =>
      Object.fromEntries(graph.resources.map((resource) => [resource.urn, resource]));
    expect(byName(second!)).toEqual(byName(first!));
    expect(JSON.stringify(second)).not.toContain("darkroom-prod");
    expect(JSON.stringify(other)).not.toContain("darkroom-dev");
  });

  it("leaves nothing unknown: every input that the program gives arrives", async () => {
    const graph = await stackGraph("dev");
    for (const { urn, custom, outputs } of graph.resources) if (custom) expect(outputs["id"], urn).toMatch(/./);
    for (const fn of functions(graph))
      expect(fn.inputs["code"]).toEqual({ path: expect.stringMatching(/^\/.*\/\w+$/) });
    expect(graph.outputs).toEqual({
      siteUrl: expect.stringMatching(/^https:\/\/d\w+\.cloudfront\.net$/),
      publishedUrl: expect.stringMatching(/^https:\/\/d\w+\.cloudfront\.net$/),
      apiUrl: expect.stringMatching(/^https:\/\/\w+\.lambda-url\.eu-west-1\.on\.aws$/),
      catalogTable: "darkroom-dev-catalog-table",
      incomingBucket: "darkroom-dev-incoming-bucket",
      workingBucket: "darkroom-dev-working-bucket",
      publishedBucket: "darkroom-dev-published-bucket",
      quarantineBucket: "darkroom-dev-quarantine-bucket",
      archiveBucket: "darkroom-dev-archived-bucket",
      deadLettersBucket: "darkroom-dev-dead-letters-bucket",
    });
  });

  it("throws what the program throws, and is ready for the next one", async () => {
    const broken = async () => {
      throw new Error("the program's own words");
    };
    await expect(capture({ stack: "dev", config, program: broken })).rejects.toThrow("the program's own words");
    await expect(capture({ stack: "dev", config: {}, program })).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
    expect((await capture({ stack: "dev", config, program })).resources.length).toBeGreaterThan(50);
  });

  it("names a type of resource that it has no answers for", async () => {
    const strange = async () => void new aws.ec2.CarrierGateway("strange", { vpcId: "vpc-1" });
    await expect(capture({ stack: "dev", config, program: strange })).rejects.toThrow(
      /ANSWER_MISSING.*aws:ec2\/carrierGateway:CarrierGateway \(strange\)/,
    );
  });

  it("gives files and folders by their full path", async () => {
    const { FileAsset, FileArchive } = pulumi.asset;
    const putting = async () => {
      new aws.s3.BucketObjectv2("page", { bucket: "site", key: "index.html", source: new FileAsset("web/index.html") });
      new aws.lambda.Function("fn", { role: "arn:aws:iam::1:role/r", code: new FileArchive("dist") });
    };
    const { resources } = await capture({ stack: "dev", config, program: putting });
    const given = Object.fromEntries(
      resources.flatMap(({ custom, name, inputs }) => (custom ? [[name, inputs["source"] ?? inputs["code"]]] : [])),
    );
    expect(given).toEqual({
      page: { path: resolve("web/index.html") },
      fn: { path: resolve("dist") },
    });
  });

  it("in a process of its own, tells the config to nobody beside it, and takes secrets for secret", async () => {
    const sources = [{ name: "campaigns", kind: "dropbox" }];
    const sourceSecrets = { campaigns: JSON.stringify({ refreshToken: "hidden" }) };
    const apart = captureApart({
      stack: "dev",
      config: {
        ...config,
        "darkroom:sources": JSON.stringify(sources),
        "darkroom:sourceSecrets": JSON.stringify(sourceSecrets),
      },
      secrets: ["darkroom:sourceSecrets"],
    });
    const { spawnargs } = vi.mocked(fork).mock.results.at(-1)!.value;
    expect(spawnargs.join(" ")).toContain("capture.ts");
    expect(spawnargs.join(" ")).not.toContain("campaigns");
    const [secret] = ofType(await apart, "aws:secretsmanager/secretVersion:SecretVersion").filter(({ name }) =>
      name.startsWith("pull-campaigns"),
    );
    expect(secret?.inputs["secretString"]).toBe(sourceSecrets.campaigns);
  });

  it("in a process of its own, still says by code and words what is wrong", async () => {
    await expect(
      captureApart({ stack: "dev", config: { ...config, "darkroom:protect": "perhaps" } }),
    ).rejects.toMatchObject({
      code: "SETTINGS_INVALID",
      message: expect.stringContaining('darkroom:protect is "perhaps"; expected true or false'),
    });
  });

  it("in a process of its own, gives the same graph", async () => {
    const apart = await captureApart({ stack: "dev", config });
    const here = await stackGraph("dev");
    // The page that is really built has other files than the one of the tests.
    const known = ({ resources }: typeof here) =>
      resources.filter(({ name }) => !name.startsWith("site-file-")).map(({ urn }) => urn);
    expect(known(apart).sort()).toEqual(known(here).sort());
  });
});

describe("without bundles", () => {
  it("stops with what to run", async () => {
    const { default: darkroom } = await import("../../index.ts");
    await expect(capture({ stack: "dev", config, program: () => darkroom("nowhere") })).rejects.toMatchObject({
      code: "BUNDLES_MISSING",
      message: expect.stringContaining("npm run build"),
    });
  });
});
