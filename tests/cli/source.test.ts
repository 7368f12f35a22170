import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { StackConfigError } from "../../local/stack-config.ts";
import { scratch } from "./command.ts";
import { refused, run } from "./source-command.ts";

describe("darkroom source check", () => {
  const withFolder = (path: string) => ({
    readConfig: async () => ({ "darkroom:sources": [{ name: "desk", kind: "folder", path, writeBack: "web" }] }),
  });

  it("says what works", async () => {
    const dir = await scratch();
    const ran = await run(["check", "desk"], withFolder(dir));
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^works {4}The folder .+ can be read\.\nworks {4}Results can be written .+\n/);
    expect(ran.stdout).toMatch(/desk is ready to be pulled, every 5 minutes\.\n$/);
  });

  it("says what is missing, with exit code 1", async () => {
    const dir = join(await scratch(), "not there");
    const ran = await run(["check", "desk", "--json"], withFolder(dir));
    expect(ran.code).toBe(1);
    const { findings, ...rest } = JSON.parse(ran.stdout);
    expect(rest).toEqual({ name: "desk", kind: "folder", ok: false });
    expect(findings).toContainEqual({ ok: false, sentence: expect.stringContaining(`expected a folder at ${dir}`) });
  });

  it("takes the secret from the environment or a file, and says when there is none", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      asked.push(String(new URLSearchParams(init?.body as URLSearchParams).get("refresh_token")));
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    };
    const secret = (refreshToken: string) => JSON.stringify({ clientId: "i", clientSecret: "s", refreshToken });
    const none = await run(["check", "campaigns"], { fetch });
    expect(none.code).toBe(1);
    expect(none.stdout).toContain("expected a secret, a text of JSON such as { clientId, clientSecret, refreshToken }");

    vi.stubEnv("DARKROOM_SOURCE_SECRET", secret("of the environment"));
    onTestFinished(() => void vi.unstubAllEnvs());
    const file = join(await scratch(), "secret.json");
    await writeFile(file, secret("of the file"));
    for (const more of [[], ["--secret-file", file]]) {
      const ran = await run(["check", "campaigns", ...more], { fetch });
      expect(ran.code).toBe(1);
      expect(ran.stdout).toContain("re-authorise source campaigns");
    }
    expect(asked).toEqual(["of the environment", "of the file"]);
    const absent = await refused(run(["check", "campaigns", "--secret-file", `${file}.not`], { fetch }));
    expect(absent).toMatchObject({
      code: "UNREADABLE",
      message: expect.stringContaining("there is nothing of this name"),
    });
  });

  it("names the sources there are when it is asked for another", async () => {
    expect(await refused(run(["check", "desks"]))).toEqual({
      code: "SOURCE_UNKNOWN",
      message: "Expected desks among darkroom:sources of stack dev, found desk, campaigns, team, results.",
    });
  });

  it("lists everything that is wrong with the config, and tells of a stack that is not there", async () => {
    const broken = {
      readConfig: async () => ({ "darkroom:sources": [{ name: "A", kind: "amazon-drive" }, { kind: "s3" }] }),
    };
    const { code, message } = await refused(run(["check", "desk", "--stack", "prod"], broken));
    expect(code).toBe("BAD_CONFIG");
    for (const part of ["of stack prod", "0.kind: Amazon Drive closed on 2023-12-31", "1.name: ", "1.bucket: "])
      expect(message).toContain(part);
    const readConfig = () => Promise.reject(new StackConfigError("STACK_UNKNOWN", "Expected a file Pulumi.x.yaml."));
    expect(await refused(run(["check", "desk"], { readConfig }))).toMatchObject({ code: "STACK_UNKNOWN" });
  });
});
