import { readFile } from "node:fs/promises";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { problems, settings } from "./fixtures/settings-of.ts";

describe("settings", () => {
  it("of a stack that says nothing but its Region are the defaults", () => {
    expect(settings()).toMatchObject({
      region: "eu-west-1",
      regions: ["eu-west-1"],
      protect: false,
      renditions: { widths: [320, 640, 1280, 1920], formats: ["jpeg", "webp", "avif"] },
      moderation: { screen: "nsfwjs", rejectAbove: 80, reviewAbove: 40, greyscale: "review" },
      compression: { kind: "sharp" },
      origins: [],
      people: { uploaders: [], reviewers: [] },
      quotas: { codesPerAddress: 5, codesPerIp: 30, filesPerPerson: 5000 },
      retention: {
        logsDays: 30,
        incomingDays: 30,
        workingDays: 7,
        previewsDays: 365,
        quarantineDays: 90,
        deadLettersDays: 90,
      },
      concurrency: {},
      sources: [],
      sourceSecrets: {},
    });
    for (const key of ["publishedUrl", "siteUrl", "domain", "zone", "mail", "digest"])
      expect(settings()[key as never]).toBeUndefined();
    expect(settings().alarms).toBeUndefined();
    expect(settings().tinifyKey).toBeUndefined();
  });

  it("cannot be changed once read, however deep", () => {
    const read = settings();
    for (const part of [read, read.limits, read.renditions, read.renditions.widths])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("say everything that is wrong at once", () => {
    expect(
      problems({
        "aws:region": "",
        "darkroom:protekt": true,
        "darkroom:sauces": [],
        "darkroom:protect": "perhaps",
        "darkroom:limits": { maxBytes: 3, maxPixel: 1 },
        "darkroom:moderation": { reviewAbove: 90 },
        "darkroom:origins": ["https://example.com/page", "*"],
        "darkroom:retention": { logsDays: 31 },
        "darkroom:concurrency": { ingest: 1 },
        "darkroom:alarms": { email: "ops@example.com", runbooks: "docs/runbooks" },
        "darkroom:publishedUrl": "http://pictures.example.com",
      }).map((problem) => problem.split(/[ ;]/)[0]),
    ).toEqual([
      "aws:region",
      "darkroom:protekt",
      "darkroom:sauces",
      "darkroom:protect",
      "darkroom:limits.maxBytes:",
      "darkroom:limits.maxPixel",
      "darkroom:moderation.reviewAbove:",
      "darkroom:publishedUrl:",
      "darkroom:origins.0:",
      "darkroom:origins.1:",
      "darkroom:retention.logsDays:",
      "darkroom:concurrency.ingest:",
      "darkroom:alarms.runbooks:",
      "darkroom:alarms.email:",
    ]);
  });

  it("name the nearest key for one that does not exist", () => {
    expect(problems({ "darkroom:Protected": "true" })).toEqual([
      "darkroom:Protected is not a setting; the nearest is darkroom:protect",
    ]);
    expect(problems({ "darkroom:alarm": {} })).toEqual([
      "darkroom:alarm is not a setting; the nearest is darkroom:alarms",
    ]);
  });

  it("take a key for tinify only when it is encrypted, and miss it only when tinify compresses", async () => {
    expect(problems({ "darkroom:compression": { kind: "tinify" } })).toEqual([
      expect.stringContaining("pulumi config set --secret darkroom:tinifyKey"),
    ]);
    expect(problems({ "darkroom:tinifyKey": "key" })).toEqual([
      expect.stringMatching(/darkroom:tinifyKey is in plain text/),
    ]);
    expect(settings({ "darkroom:tinifyKey": "key" }, ["darkroom:tinifyKey"]).tinifyKey).toBeUndefined();
    const { tinifyKey } = settings({ "darkroom:compression": { kind: "tinify" }, "darkroom:tinifyKey": "key" }, [
      "darkroom:tinifyKey",
    ]);
    expect(await pulumi.isSecret(tinifyKey!)).toBe(true);
  });

  it("never repeat a secret in their complaint", () => {
    expect(problems({ "darkroom:tinifyKey": "key-in-plain-text" }).join()).not.toContain("key-in-plain-text");
  });

  it("take an address of one's own for the pictures, without its last slash; plain http only on this machine", () => {
    expect(settings({ "darkroom:publishedUrl": "https://pictures.example.com/" }).publishedUrl).toBe(
      "https://pictures.example.com",
    );
    expect(settings({ "darkroom:publishedUrl": "http://127.0.0.1:4000/published" }).publishedUrl).toBe(
      "http://127.0.0.1:4000/published",
    );
  });
});

describe("Pulumi.yaml", () => {
  it("lists every setting with a type and a default, so that Pulumi asks for none, and the defaults are taken", async () => {
    const { config } = parse(await readFile(new URL("../Pulumi.yaml", import.meta.url), "utf8")) as {
      config: Record<string, { type?: string; default?: unknown; secret?: boolean }>;
    };
    const own = Object.entries(config).filter(([key]) => !key.includes(":"));
    for (const [key, { type, default: value, secret }] of own) {
      expect(["string", "boolean", "array", "object"], key).toContain(type);
      expect(value, key).toBeDefined();
      // Pulumi refuses an unset key that it holds for secret.
      expect(secret, key).toBeUndefined();
    }
    expect(problems(Object.fromEntries(own.map(([key, { default: value }]) => [`darkroom:${key}`, value])))).toEqual(
      [],
    );
    const known = problems(Object.fromEntries(own.map(([key]) => [`darkroom:${key}`, "{"]))).filter((problem) =>
      problem.includes("is not a setting"),
    );
    expect(known).toEqual([]);
  });
});
