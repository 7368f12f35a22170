import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { keepSourceSecret, sourceSecretsFile, withSourceSecrets } from "../../local/wiring/source-secrets.ts";
import { sourceFor } from "../../providers/sources/index.ts";
import { sourceOptions } from "../../providers/sources/options.ts";

async function dataFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-secrets-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
const config = { "aws:region": "eu-west-1" };

describe("the secrets of sources on a laptop", () => {
  it("come into the config as texts of JSON under a key that is secret", async () => {
    const dir = join(await dataFolder(), "not there yet");
    await keepSourceSecret(dir, "campaigns", { refreshToken: "old" });
    await keepSourceSecret(dir, "team", { refreshToken: "b" });
    const file = await keepSourceSecret(dir, "campaigns", { refreshToken: "a" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { config: all, secrets } = await withSourceSecrets(config, dir);
    expect(secrets).toEqual(["darkroom:sourceSecrets"]);
    expect(all["aws:region"]).toBe("eu-west-1");
    expect(JSON.parse(all["darkroom:sourceSecrets"]!)).toEqual({
      campaigns: '{"refreshToken":"a"}',
      team: '{"refreshToken":"b"}',
    });
  });

  it("leave the config as it is where there are none", async () => {
    expect(await withSourceSecrets(config, await dataFolder())).toEqual({ config, secrets: [] });
  });

  it.each([
    ["no JSON", '{"campaigns": {"refreshToken": "hidden"}', "to be JSON"],
    ["a list", '[{"refreshToken": "hidden"}]', "to hold an object"],
    ["a bare text", '{"campaigns": "hidden", "team": {}}', "not so: campaigns."],
  ])(
    "end the start with a sentence when the file holds %s, and keep what is in it to themselves",
    async (_, text, part) => {
      const dir = await dataFolder();
      await writeFile(sourceSecretsFile(dir), text, { mode: 0o600 });
      const error = await withSourceSecrets(config, dir).then(
        () => expect.fail("expected it to be refused"),
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({ code: "SECRETS_UNUSABLE", message: expect.stringContaining(part) });
      expect(`${error.stack} ${String(error.cause)}`).not.toContain("hidden");
      // What cannot be read is not written over either.
      await expect(keepSourceSecret(dir, "team", {})).rejects.toMatchObject({ code: "SECRETS_UNUSABLE" });
      expect(await readFile(sourceSecretsFile(dir), "utf8")).toBe(text);
    },
  );

  it.skipIf(process.platform === "win32")("are not taken from a file that others can read", async () => {
    const dir = await dataFolder();
    await chmod(await keepSourceSecret(dir, "team", { refreshToken: "a" }), 0o640);
    await expect(withSourceSecrets(config, dir)).rejects.toMatchObject({
      code: "SECRETS_UNUSABLE",
      message: expect.stringMatching(/chmod 600 '.+source-secrets\.json'$/),
    });
  });
});

describe("an s3 source with an endpoint of its own", () => {
  /** Remembers who was asked for what, and has no buckets. */
  async function s3() {
    const asked: string[] = [];
    const server = createServer(({ url, headers }, response) => {
      asked.push(`${url} ${/Credential=(\w+)/.exec(headers.authorization ?? "")?.[1]}`);
      response.writeHead(404).end("<Error><Code>NoSuchBucket</Code></Error>");
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    onTestFinished(() => void server.close().closeAllConnections());
    return { asked, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it("reaches it as its secret says, although a laptop's functions are told of the laptop's S3", async () => {
    const [laptop, far] = [await s3(), await s3()];
    vi.stubEnv("AWS_ENDPOINT_URL_S3", laptop.origin);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAROLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "role");
    onTestFinished(() => void vi.unstubAllEnvs());
    const place = { bucket: "originals", region: "eu-west-1", endpoint: far.origin, forcePathStyle: true };
    const secret = async () => JSON.stringify({ accessKeyId: "AKIAOWN", secretAccessKey: "own" });
    const source = await sourceFor(sourceOptions.parse({ name: "far", kind: "s3", ...place }), { secret });
    await expect(source.changes()).rejects.toMatchObject({ code: expect.stringMatching(/CONFIG|NOT_FOUND/) });
    expect(far.asked).toEqual([expect.stringMatching(/^\/originals\/\?.* AKIAOWN$/)]);
    expect(laptop.asked).toEqual([]);
  });
});
