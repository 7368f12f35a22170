import { describe, expect, it } from "vitest";
import { sourceBench } from "../../bench/sources.ts";
import { sourceFor } from "../../providers/sources/index.ts";
import { type SourceOptions, sourceOptions } from "../../providers/sources/options.ts";
import { refusal } from "../contract/source/rig.ts";

const entries = {
  s3: { bucket: "originals", region: "eu-west-1", writeBack: "web" },
  dropbox: { path: "/Campaigns", writeBack: "/Campaigns/web" },
  "azure-blob": { account: "studioraw", container: "raw", writeBack: "web" },
  "google-drive": { folder: "1AbC", writeBack: "2DeF" },
  folder: { path: "pictures", writeBack: "web" },
} satisfies Record<SourceOptions["kind"], object>;

const optionsOf = (kind: SourceOptions["kind"]) => sourceOptions.parse({ name: "one", kind, ...entries[kind] });
const make = (kind: SourceOptions["kind"], secret?: unknown) =>
  sourceFor(optionsOf(kind), {
    secret: async () => (typeof secret === "string" || secret === undefined ? secret : JSON.stringify(secret)),
  });

const oauth = { clientId: "an-id", clientSecret: "a-secret", refreshToken: "a-token" };
const key = { type: "service_account", client_email: "me@example.com", private_key: "-----BEGIN", project_id: "x" };

describe("the source that an entry describes", () => {
  it.each([
    ["s3", undefined],
    ["s3", { accessKeyId: "AKIA", secretAccessKey: "secret" }],
    ["dropbox", oauth],
    ["azure-blob", { sas: "sv=1&sig=1" }],
    [
      "azure-blob",
      {
        connectionString:
          "DefaultEndpointsProtocol=https;AccountName=studioraw;AccountKey=AAAA;EndpointSuffix=core.windows.net",
      },
    ],
    ["google-drive", oauth],
    ["google-drive", key],
    ["folder", undefined],
  ] as const)("is %s with the secret %j", async (kind, secret) => {
    const source = await make(kind, secret);
    expect({ name: source.name, kind: source.kind }).toEqual({ name: "one", kind });
    expect(source.write).toBeTypeOf("function");
  });

  it("has a webhook when its secret holds what tells genuine calls", async () => {
    const webhook = async (kind: SourceOptions["kind"], secret: unknown) => (await make(kind, secret)).webhook;
    expect(await webhook("dropbox", oauth)).toBeDefined();
    expect(await webhook("azure-blob", { sas: "sv=1&sig=1" })).toBeUndefined();
    expect(await webhook("azure-blob", { sas: "sv=1&sig=1", webhookKey: "k" })).toBeDefined();
    expect(await webhook("google-drive", oauth)).toBeUndefined();
    expect(await webhook("google-drive", { ...key, webhookSecret: "k" })).toBeDefined();
  });

  it("does not ask for a secret where there can be none", async () => {
    const secret = () => Promise.reject(new Error("asked"));
    expect((await sourceFor(optionsOf("folder"), { secret })).kind).toBe("folder");
  });

  it("proves itself to Entra ID by who it is in AWS, and says so where it is nobody there", async () => {
    const secret = async () => JSON.stringify({ tenantId: "a-tenant", clientId: "a-client" });
    const asked: string[] = [];
    const source = await sourceFor(optionsOf("azure-blob"), {
      secret,
      webIdentity: async (audience) => `jwt for ${asked.push(audience)}`,
      fetch: async () => Response.json({ error: "invalid_grant" }, { status: 400 }),
    });
    expect((await refusal(source.changes())).code).toBe("AUTH");
    expect(new Set(asked)).toEqual(new Set(["api://AzureADTokenExchange"]));
    const nobody = await refusal(sourceFor(optionsOf("azure-blob"), { secret }));
    expect(nobody.code).toBe("CONFIG");
    expect(nobody.message).toContain("Elsewhere use a SAS");
  });

  it("does so by its config alone, with no secret or one that holds only the webhook's key", async () => {
    const options = { ...optionsOf("azure-blob"), entra: { tenantId: "a-tenant", clientId: "a-client" } } as never;
    const asked: string[] = [];
    const deps = {
      webIdentity: async (audience: string) => `jwt for ${audience}`,
      fetch: async (address: unknown) => {
        asked.push(String(address));
        return Response.json({ error: "invalid_grant" }, { status: 400 });
      },
    };
    const keyless = await sourceFor(options, { ...deps, secret: async () => undefined });
    expect((await refusal(keyless.changes())).code).toBe("AUTH");
    expect(asked[0]).toBe("https://login.microsoftonline.com/a-tenant/oauth2/v2.0/token");
    expect(keyless.webhook).toBeUndefined();
    const called = await sourceFor(options, { ...deps, secret: async () => '{"webhookKey":"long"}' });
    expect(called.webhook).toBeDefined();
    const neither = sourceFor(optionsOf("azure-blob"), { ...deps, secret: async () => '{"webhookKey":"long"}' });
    expect((await refusal(neither)).code).toBe("CONFIG");
  });
});

describe("a source's secret", () => {
  it.each(["dropbox", "azure-blob", "google-drive"] as const)("must be there for %s", async (kind) => {
    for (const none of [undefined, ""]) {
      const error = await refusal(make(kind, none));
      expect(error.code).toBe("CONFIG");
      expect(error.message).toMatch(/expected a secret, a text of JSON such as \{ .+ \}, but there is none/);
    }
  });

  it("is checked whole, with every problem listed", async () => {
    const error = await refusal(make("dropbox", { clientId: 7, refreshToken: "", appKey: "x" }));
    expect(error.code).toBe("CONFIG");
    for (const field of ["clientId: ", "clientSecret: ", "refreshToken: ", '"appKey"'])
      expect(error.message).toContain(field);
  });

  it.each([
    ["dropbox", "sl.a-secret-token"],
    ["dropbox", { token: "sl.a-secret-token" }],
    ["dropbox", { ...oauth, refreshToken: ["sl.a-secret-token"] }],
    ["azure-blob", '{"sas": "sl.a-secret-token'],
    ["azure-blob", { sas: "sl.a-secret-token" }],
    ["azure-blob", { connectionString: "AccountKey=sl.a-secret-token" }],
    ["google-drive", { private_key: "sl.a-secret-token" }],
    ["s3", { accessKeyId: "sl.a-secret-token" }],
  ] as const)("is never repeated: %s %j", async (kind, secret) => {
    const error = await refusal(make(kind, secret));
    expect(error.code).toBe("CONFIG");
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("a-secret-token");
  });
});

describe("weight", () => {
  it("loads of the SDKs the one of its kind alone", async () => {
    const weights = await sourceBench({ rounds: 0 });
    expect(Object.fromEntries(weights.map(({ kind, sdks }) => [kind, sdks]))).toEqual({
      s3: ["@aws-sdk/client-s3"],
      dropbox: ["dropbox"],
      "azure-blob": ["@azure/storage-blob"],
      "google-drive": ["googleapis"],
      folder: [],
    });
  });
});
