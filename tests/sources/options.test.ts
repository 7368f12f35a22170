import { describe, expect, it } from "vitest";
import { minutesOf, needsSecret, sourcesOptions } from "../../providers/sources/options.ts";

const read = (entries: unknown) => sourcesOptions.parse(entries);
const problems = (entries: unknown) =>
  sourcesOptions.safeParse(entries).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

const s3 = { name: "a", kind: "s3", bucket: "originals" };

describe("the config of sources", () => {
  it("takes an entry of each kind, and fills in what may be left out", () => {
    expect(
      read([
        { name: "campaigns", kind: "dropbox", path: "/Campaigns", every: "1 hour", writeBack: "/Campaigns/web" },
        { name: "studio", kind: "azure-blob", account: "studioraw", container: "raw", prefix: "2026/" },
        { name: "team", kind: "google-drive", folder: "1AbC_d-e", drive: "0Axy" },
        { name: "shoots", kind: "s3", bucket: "shoots", endpoint: "https://s3.example.com", forcePathStyle: true },
        { name: "desk", kind: "folder", path: "./pictures" },
      ]),
    ).toEqual([
      {
        name: "campaigns",
        kind: "dropbox",
        path: "/Campaigns",
        every: "1 hour",
        writeBack: "/Campaigns/web",
      },
      {
        name: "studio",
        kind: "azure-blob",
        account: "studioraw",
        container: "raw",
        prefix: "2026/",
        every: "5 minutes",
      },
      { name: "team", kind: "google-drive", folder: "1AbC_d-e", drive: "0Axy", every: "5 minutes" },
      {
        name: "shoots",
        kind: "s3",
        bucket: "shoots",
        endpoint: "https://s3.example.com",
        forcePathStyle: true,
        every: "5 minutes",
      },
      { name: "desk", kind: "folder", path: "./pictures", every: "5 minutes" },
    ]);
  });

  it("is no sources when nothing is said", () => {
    expect(read(undefined)).toEqual([]);
  });

  it.each(["upload", "bucket"])("has no source called %s, as pictures that no source brought are", (name) => {
    expect(problems([{ ...s3, name }])).toEqual([expect.stringMatching(/^0\.name: expected another name/)]);
  });

  it("lists everything that is wrong, each with its place", () => {
    const found = problems([
      { name: "Big Bucket", kind: "s3", bucket: "x", every: "often" },
      { name: "b", kind: "azure-blob", account: "Studio Raw", contaner: "raw" },
      { name: "b", kind: "ftp" },
    ]);
    expect(found).toEqual([
      expect.stringMatching(/^0\.name: expected 1 to 40 of a-z, 0-9 and -/),
      expect.stringMatching(/^0\.every: expected a time such as "5 minutes" or "1 hour"/),
      "0.bucket: expected the name of a bucket",
      expect.stringMatching(/^1\.account: expected the name of a storage account/),
      expect.stringMatching(/^1\.container: .*received undefined/),
      expect.stringMatching(/^1: .*"contaner"/),
      '2.kind: expected one of s3, dropbox, azure-blob, google-drive, folder, received "ftp"',
      ": expected a name for each, but more than one source is called b",
    ]);
  });

  it("refuses amazon-drive in words, whatever else the entry says", () => {
    const [problem, ...others] = problems([{ name: "old", kind: "amazon-drive", folder: "x" }]);
    expect(problem).toMatch(/^0\.kind: Amazon Drive closed on 2023-12-31.*Use kind s3, or folder$/);
    expect(others).toEqual([]);
  });

  it.each(["1 minute", "5 minutes", "1 hour", "24 hours"])("looks every %s", (every) => {
    expect(read([{ ...s3, every }])).toMatchObject([{ every }]);
  });

  it.each(["0 minutes", "1 minutes", "2 minute", "25 hours", "1.5 hours", "-5 minutes", "5minutes", "1 day", 5])(
    "does not look every %s: the scheduler would refuse it, or nobody would wait",
    (every) => {
      expect(problems([{ ...s3, every }])).toEqual([expect.stringMatching(/^0\.every: expected /)]);
    },
  );

  it("counts minutes", () => {
    expect(["1 minute", "5 minutes", "1 hour", "24 hours"].map(minutesOf)).toEqual([1, 5, 60, 1440]);
  });

  it.each([
    ["s3", { ...s3, writeBack: "/web" }],
    ["dropbox", { name: "a", kind: "dropbox", writeBack: "web" }],
    ["azure-blob", { name: "a", kind: "azure-blob", account: "studio", container: "raw", writeBack: "web/../raw" }],
    ["folder", { name: "a", kind: "folder", path: "pictures", writeBack: "../other" }],
  ])("%s writes back only to a folder of its own", (_, entry) => {
    expect(problems([entry])).toEqual([expect.stringMatching(/^0\.writeBack: expected /)]);
  });

  it("asks for a secret wherever nothing else lets in", () => {
    const azure = { name: "b", kind: "azure-blob", account: "studio", container: "raw" };
    const entra = {
      tenantId: "8d3c0c0a-1111-4222-8333-444455556666",
      clientId: "0b1f9a52-7777-4888-9999-aaaabbbbcccc",
    };
    expect(read([{ ...azure, entra }])).toMatchObject([{ entra }]);
    expect(problems([{ ...azure, entra: { tenantId: "contoso", clientSecret: "x" } }])).toEqual([
      "0.entra.tenantId: expected a tenant's id",
      expect.stringMatching(/^0\.entra\.clientId: /),
      expect.stringMatching(/^0\.entra: .*"clientSecret"/),
    ]);
    const asking = [s3, azure, { ...azure, entra }, { kind: "dropbox" }, { kind: "google-drive" }, { kind: "folder" }];
    expect(asking.map(needsSecret)).toEqual([false, true, false, true, true, false]);
    expect([undefined, null, 7, {}].map(needsSecret)).toEqual([false, false, false, false]);
  });

  it("takes no credentials in an address: they would stand in the config for all to read", () => {
    for (const endpoint of ["https://key:secret@s3.example.com", "https://x.example.com/?sv=1&sig=abc"])
      expect(problems([{ ...s3, endpoint }])).toEqual(["0.endpoint: expected an address without credentials"]);
  });
});
