import { describe, expect, it } from "vitest";
import { zoneOf } from "../../local/lambda/metadata.ts";
import { config, functionRig, resultOf } from "./rig.ts";

const rig = functionRig();

describe("a function's environment", () => {
  it("is the graph's variables and Lambda's own, and nothing of the host's", async () => {
    process.env["LEAK"] = "the host's";
    const environment = resultOf<Record<string, string>>(await rig.start().invoke({ do: "environment" }));
    delete process.env["LEAK"];
    const { AWS_LAMBDA_LOG_STREAM_NAME: stream, __CF_USER_TEXT_ENCODING: _, ...rest } = environment;
    expect(stream).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(rest).toEqual({
      CATALOG_TABLE: "pictures",
      LIMITS: '{"maxBytes":1}',
      _HANDLER: "index.handler",
      LAMBDA_TASK_ROOT: config.codeDir,
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "echo",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/echo",
      AWS_LAMBDA_METADATA_API: rig.metadata.address,
      AWS_LAMBDA_METADATA_TOKEN: rig.metadata.token,
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session-of-AKIATEST",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4000/aws/s3",
      ...(process.platform === "win32" && { SystemRoot: process.env["SystemRoot"] }),
    });
  });

  it.each([
    ["a variable that Lambda sets itself", { environment: { AWS_REGION: "x" } }, "AWS_REGION"],
    ["more than 4 KB", { environment: { LIMITS: "x".repeat(4096) } }, "4096"],
    ["a name AWS does not take", { environment: { "A-B": "1" } }, "A-B"],
    ["a runtime that there is not", { runtime: "cobol85" }, "cobol85"],
    ["a bundle that was not built", { codeDir: "nowhere" }, "nowhere"],
  ])("is refused with %s", (_, change, named) => {
    expect(() => rig.start(change)).toThrow(
      expect.objectContaining({ code: "FUNCTION_CONFIG", message: expect.stringContaining(named) }),
    );
  });

  it("tells the zone by the metadata endpoint, to who has the token", async () => {
    expect(resultOf(await rig.start().invoke({ do: "zone" }))).toEqual({
      zone: { AvailabilityZoneID: "euw1-az1" },
      stranger: 401,
    });
  });

  it.each([
    ["us-east-1", "use1-az1"],
    ["ap-southeast-2", "apse2-az1"],
    ["us-gov-west-1", "usgw1-az1"],
    ["ca-central-1", "cac1-az1"],
  ])("names the zones of %s as AWS does", (region, zone) => expect(zoneOf(region)).toBe(zone));
});
