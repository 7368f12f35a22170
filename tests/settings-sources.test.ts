import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { problems, settings } from "./fixtures/settings-of.ts";

describe("sources", () => {
  const campaigns = { name: "campaigns", kind: "dropbox", path: "/Campaigns" };
  const studio = { name: "studio", kind: "s3", bucket: "studio-raw" };
  const disk = { name: "disk", kind: "folder", path: "pictures" };
  const secret = ["darkroom:sourceSecrets"];
  const token = '{"refreshToken":"token-of-campaigns"}';

  it("come with their defaults, and their credentials as secrets apart from them", async () => {
    const config = { "darkroom:sources": [campaigns, studio], "darkroom:sourceSecrets": { campaigns: token } };
    const read = settings(config, secret);
    expect(read.sources).toEqual([
      { ...campaigns, every: "5 minutes" },
      { ...studio, every: "5 minutes" },
    ]);
    expect(Object.keys(read.sourceSecrets)).toEqual(["campaigns"]);
    expect(await pulumi.isSecret(read.sourceSecrets["campaigns"]!)).toBe(true);
  });

  it("say everything that is wrong at once, in entries and between them", () => {
    const long = "a".repeat(40);
    const config = {
      "darkroom:sources": [
        campaigns,
        disk,
        { ...studio, bucket: "!" },
        { name: "old", kind: "amazon-drive" },
        { ...studio, name: long },
      ],
      "darkroom:sourceSecrets": { campaign: token, disk: token, studio: "no JSON" },
    };
    expect(problems(config, secret)).toEqual([
      "darkroom:sources.0: a source of kind dropbox needs credentials: pulumi config set --secret --path darkroom:sourceSecrets.campaigns",
      expect.stringMatching(/^darkroom:sources\.1\.kind: a folder is there only under npm start.* Use kind s3/),
      expect.stringMatching(/^darkroom:sources\.4\.name: expected at most \d\d characters/),
      "darkroom:sourceSecrets.campaign: no source has this name",
      "darkroom:sourceSecrets.disk: a source of kind folder takes no credentials",
      expect.stringMatching(/^darkroom:sources\.2\.bucket: expected the name of a bucket/),
      expect.stringMatching(/^darkroom:sources\.3\.kind: Amazon Drive closed on 2023-12-31/),
      "darkroom:sourceSecrets.studio: expected a text of JSON",
    ]);
  });

  it.each(["dropbox", "google-drive", "azure-blob"])("of kind %s need credentials", (kind) => {
    expect(problems({ "darkroom:sources": [{ name: "far", kind }] })).toContainEqual(
      expect.stringContaining("pulumi config set --secret --path darkroom:sourceSecrets.far"),
    );
  });

  it("of kind azure-blob need none where Entra ID trusts the function's role", () => {
    const entra = {
      tenantId: "11111111-2222-4333-8444-555555555555",
      clientId: "66666666-7777-4888-8999-000000000000",
    };
    const far = { name: "far", kind: "azure-blob", account: "studioraw", container: "raw", entra };
    expect(problems({ "darkroom:sources": [far] })).toEqual([]);
  });

  it("take credentials only when they are encrypted, and never repeat them in their complaint", () => {
    const sources = { "darkroom:sources": [campaigns] };
    const plain = problems({ ...sources, "darkroom:sourceSecrets": { campaigns: token } });
    const broken = problems({ ...sources, "darkroom:sourceSecrets": `{"campaigns": ${token}` }, secret);
    expect(plain).toEqual([expect.stringMatching(/^darkroom:sourceSecrets is in plain text/)]);
    expect(broken).toContainEqual(expect.stringMatching(/^darkroom:sourceSecrets is not JSON/));
    expect([plain, broken].join()).not.toContain("token-of-campaigns");
  });

  it("may be a folder where the host has one to look into", () => {
    expect(settings({ "darkroom:sources": [disk], "darkroom:folders": "true" }).sources).toMatchObject([disk]);
  });
});
