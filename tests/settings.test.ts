import { readFile } from "node:fs/promises";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings, type Settings } from "../settings.ts";

const region = { "aws:region": "eu-west-1" };

function settings(config: Record<string, unknown> = {}, secrets: string[] = []): Settings {
  const texts = Object.entries({ ...region, ...config }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts), secrets);
  return readSettings();
}

function problems(config: Record<string, unknown>, secrets: string[] = []): string[] {
  try {
    settings(config, secrets);
  } catch (error) {
    expect(error).toMatchObject({ code: "SETTINGS_INVALID" });
    return (error as Error).message
      .split("\n")
      .filter((line) => line.startsWith("  - "))
      .map((line) => line.slice(4));
  }
  return [];
}

describe("settings", () => {
  it("of a stack that says nothing but its Region are the defaults", () => {
    expect(settings()).toMatchObject({
      region: "eu-west-1",
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
        "darkroom:alarms": { email: "ops@example.com" },
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

describe("the front door", () => {
  const mail = { from: "darkroom@example.com" };

  it("has the page at the domain and the pictures at images., in the zone above or the one that is named", () => {
    expect(settings({ "darkroom:domain": "pictures.example.com" }).domain).toEqual({
      site: "pictures.example.com",
      images: "images.pictures.example.com",
      zone: "example.com",
    });
    const config = { "darkroom:domain": "a.pictures.example.com", "darkroom:zone": "example.com" };
    expect(settings(config).domain).toMatchObject({ zone: "example.com" });
    expect(settings({ "darkroom:domain": "example.com", "darkroom:zone": "example.com" }).domain).toMatchObject({
      site: "example.com",
      zone: "example.com",
    });
  });

  it.each([
    [{ zone: "example.com" }, /^darkroom:zone: expected darkroom:domain beside it/],
    [{ domain: "example.com" }, /^darkroom:zone: .*pulumi config set darkroom:zone example\.com$/],
    [{ domain: "pictures.example.com", zone: "example.org" }, /^darkroom:zone: expected pictures\.example\.com to lie/],
    // Ends the same, and is somebody else's.
    [{ domain: "pictures.notexample.com", zone: "example.com" }, /^darkroom:zone: expected pictures\.notexample/],
    [{ domain: "https://pictures.example.com" }, /^darkroom:domain: expected a domain in lower case/],
    [{ domain: "Pictures.example.com" }, /^darkroom:domain: expected a domain in lower case/],
    [{ domain: `${"a".repeat(55)}.example.com` }, /^darkroom:domain: expected at most 64 characters/],
    [{ siteUrl: "https://pictures.example.com/page" }, /^darkroom:siteUrl: expected an origin/],
    [{ siteUrl: "http://pictures.example.com" }, /^darkroom:siteUrl: expected an origin/],
  ])("does not stand at %j", (values, problem) => {
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`darkroom:${key}`, value]));
    expect(problems(config)).toEqual([expect.stringMatching(problem)]);
  });

  it("may have an address of its own, without its last slash; plain http only on this machine", () => {
    expect(settings({ "darkroom:siteUrl": "https://pictures.example.com/" }).siteUrl).toBe(
      "https://pictures.example.com",
    );
    expect(settings({ "darkroom:siteUrl": "http://127.0.0.1:4000" }).siteUrl).toBe("http://127.0.0.1:4000");
  });

  it("knows people by their addresses, in lower case", () => {
    const people = { uploaders: ["Ann@Example.com", "@example.org", "*"], reviewers: ["Bob@Example.com"] };
    expect(settings({ "darkroom:people": people, "darkroom:mail": mail }).people).toEqual({
      uploaders: ["ann@example.com", "@example.org", "*"],
      reviewers: ["bob@example.com"],
    });
  });

  it("lets nobody be named who could not get a code", () => {
    for (const people of [{ uploaders: ["*"] }, { reviewers: ["ann@example.com"] }])
      for (const none of [{}, { "darkroom:mail": {} }])
        expect(problems({ "darkroom:people": people, ...none })).toEqual([
          expect.stringMatching(/^darkroom:mail: people are named, who sign in by mail; expected \{ from:/),
        ]);
    expect(problems({ "darkroom:people": { uploaders: [], reviewers: [] } })).toEqual([]);
  });

  it("mails figures to each address once, at a time of day in a time zone", () => {
    const digest = (to: unknown, at: unknown) => ({ "darkroom:digest": { to, at }, "darkroom:mail": mail });
    expect(settings(digest(["Ops@example.com", "ops@example.com"], "07:00 Europe/Berlin")).digest).toEqual({
      to: ["ops@example.com"],
      at: { hour: 7, minute: 0, timeZone: "Europe/Berlin" },
    });
    expect(settings(digest(["ops@example.com"], "23:59 UTC")).digest?.at).toMatchObject({ hour: 23, minute: 59 });
    for (const at of ["", "7:00 UTC", "24:00 UTC", "07:60 UTC", "07:00", "07:00UTC", "07:00 Berlin", "07:00 +01:00", 7])
      expect(problems(digest(["ops@example.com"], at)), String(at)).toEqual([
        expect.stringMatching(/^darkroom:digest\.at: /),
      ]);
    expect(problems(digest(["ops"], "noon")).map((problem) => problem.split(" ")[0])).toEqual([
      "darkroom:digest.to.0:",
      "darkroom:digest.at:",
    ]);
    expect(problems(digest([], "07:00 UTC"))).toEqual([expect.stringMatching(/^darkroom:digest\.to: /)]);
    expect(problems({ "darkroom:digest": { to: ["ops@example.com"], at: "07:00 UTC" } })).toEqual([
      expect.stringMatching(/^darkroom:mail: a digest is to be mailed; expected \{ from:/),
    ]);
    expect(settings({ "darkroom:digest": {} }).digest).toBeUndefined();
  });

  it("names no more people than a function can be told", () => {
    const uploaders = Array.from({ length: 200 }, (_, index) => `person-${index}@example.com`);
    expect(problems({ "darkroom:people": { uploaders }, "darkroom:mail": mail })).toEqual([
      expect.stringMatching(
        /^darkroom:people: with the sources' names \d{4} characters, of which .* 3000\. Name a domain/,
      ),
    ]);
  });

  it("says everything that is wrong at once", () => {
    expect(
      problems({
        "darkroom:zone": "example.com",
        "darkroom:siteUrl": "pictures",
        "darkroom:mail": { form: "ann@example.com" },
        "darkroom:people": { uploaders: ["everybody"], reviewers: ["*"] },
        "darkroom:quotas": { codesPerIp: 0 },
        "darkroom:retention": { previewsDays: 366 },
      }).map((problem) => problem.split(/[ ;]/)[0]),
    ).toEqual([
      "darkroom:zone:",
      "darkroom:siteUrl:",
      "darkroom:mail.from:",
      "darkroom:mail.form",
      "darkroom:people.uploaders.0:",
      "darkroom:people.reviewers.0:",
      "darkroom:quotas.codesPerIp:",
      "darkroom:retention.previewsDays:",
    ]);
  });
});

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
