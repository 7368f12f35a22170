import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, stackGraph, statements, variablesOf } from "./stacks.ts";

let graph: Graph;
let withDomain: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev");
  withDomain = await stackGraph(
    "dev",
    {
      "darkroom:domain": "pictures.example.com",
      "darkroom:mail": { from: "darkroom@example.com" },
      "darkroom:people": { uploaders: ["@example.com"], reviewers: ["ann@example.com"] },
      "darkroom:sources": [{ name: "campaigns", kind: "dropbox" }],
      "darkroom:sourceSecrets": { campaigns: "{}" },
    },
    ["darkroom:sourceSecrets"],
  );
});

const variables = (of: Graph, name: string) => variablesOf(functions(of).find((fn) => fn.name === name)!);

describe("a stack with a domain", () => {
  it("has the page there and the pictures at images., both by one certificate from where CloudFront looks", () => {
    expect(withDomain.outputs).toMatchObject({
      siteUrl: "https://pictures.example.com",
      publishedUrl: "https://images.pictures.example.com",
    });
    expect(inputsOf(withDomain, "domain-certificate")).toEqual({
      region: "us-east-1",
      domainName: "pictures.example.com",
      subjectAlternativeNames: ["images.pictures.example.com"],
      validationMethod: "DNS",
    });
    const acmCertificateArn = named(withDomain, "domain-certificate").outputs["arn"];
    for (const [name, alias] of [
      ["site", "pictures.example.com"],
      ["cdn", "images.pictures.example.com"],
    ] as const) {
      expect(inputsOf(withDomain, `${name}-distribution`)).toMatchObject({
        aliases: [alias],
        viewerCertificate: { acmCertificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" },
      });
      for (const type of ["A", "AAAA"])
        expect(inputsOf(withDomain, `${name}-${type.toLowerCase()}`)).toMatchObject({
          name: alias,
          type,
          aliases: [{ name: named(withDomain, `${name}-distribution`).outputs["domainName"] }],
        });
    }
  });

  it("waits with the distributions until the certificate is proved", () => {
    const validation = named(withDomain, "domain-validation");
    expect(validation.inputs["validationRecordFqdns"]).toHaveLength(2);
    for (const name of ["site", "cdn"])
      expect(named(withDomain, `${name}-distribution`).dependencies).toContain(validation.urn);
  });

  it("is told to its functions", () => {
    expect(variables(withDomain, "api-fn")["SITE_URL"]).toBe("https://pictures.example.com");
    expect(variables(withDomain, "compress-fn")["PUBLISHED_URL"]).toBe("https://images.pictures.example.com");
    expect(variables(withDomain, "pull-campaigns-fn")["HOOK_URL"]).toBe("https://pictures.example.com/hooks/campaigns");
  });

  it("has none of it otherwise", () => {
    expect(
      graph.resources.filter(({ type }) => /route53|acm|ses/.test(type.split("/")[0]!)).map(({ urn }) => urn),
    ).toEqual([]);
    expect(graph.outputs["siteUrl"]).toBe(`https://${named(graph, "site-distribution").outputs["domainName"]}`);
  });
});

describe("mail", () => {
  const sending = (of: Graph) =>
    statements(inputsOf(of, "api-policy")["policy"]).filter(({ Action }) => Action.includes("ses:SendEmail"));

  it("is sent in the domain's name where the zone is ours, signed by keys in the zone", () => {
    expect(inputsOf(withDomain, "mail-identity")).toEqual({
      emailIdentity: "example.com",
      configurationSetName: "darkroom-dev-mail",
    });
    expect(inputsOf(withDomain, "mail-settings")).toMatchObject({ deliveryOptions: { tlsPolicy: "REQUIRE" } });
    const { tokens } = named(withDomain, "mail-identity").outputs["dkimSigningAttributes"] as { tokens: string[] };
    for (const [index, token] of tokens.entries())
      expect(inputsOf(withDomain, `mail-key-${index}`)).toMatchObject({
        type: "CNAME",
        name: `${token}._domainkey.example.com`,
        records: [`${token}.dkim.amazonses.com`],
      });
  });

  it("is sent in the address's own name elsewhere", async () => {
    const elsewhere = await stackGraph("dev", {
      "darkroom:domain": "pictures.example.com",
      "darkroom:mail": { from: "ops@example.org" },
    });
    expect(inputsOf(elsewhere, "mail-identity")).toMatchObject({ emailIdentity: "ops@example.org" });
    expect(elsewhere.resources.filter(({ name }) => name.startsWith("mail-key"))).toEqual([]);
  });

  it("is sent by the API alone, from the one address", () => {
    expect(sending(withDomain)).toEqual([
      {
        Effect: "Allow",
        Action: ["ses:SendEmail"],
        Resource: [
          "arn:aws:ses:eu-west-1:000000000000:identity/example.com",
          "arn:aws:ses:eu-west-1:000000000000:configuration-set/darkroom-dev-mail",
        ],
        Condition: { StringEquals: { "ses:FromAddress": "darkroom@example.com" } },
      },
    ]);
    const senders = functions(withDomain).filter(({ name }) =>
      leave(withDomain, name.replace(/-fn$/, "")).some((line) => line.startsWith("ses:")),
    );
    expect(senders.map(({ name }) => name)).toEqual(["api-fn"]);
    expect(sending(graph)).toEqual([]);
  });

  it("and who may sign in are told to the API; without mail it is told null", () => {
    const told = (of: Graph, key: string) => JSON.parse(variables(of, "api-fn")[key]!);
    expect(told(withDomain, "MAIL")).toEqual({ from: "darkroom@example.com" });
    expect(told(withDomain, "PEOPLE")).toEqual({ uploaders: ["@example.com"], reviewers: ["ann@example.com"] });
    expect(told(withDomain, "SOURCES")).toEqual([{ name: "campaigns", kind: "dropbox", every: "5 minutes" }]);
    expect(told(graph, "MAIL")).toBeNull();
    expect(told(graph, "QUOTAS")).toEqual({ codesPerAddress: 5, codesPerIp: 30, filesPerPerson: 5000 });
  });
});
