import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";
import { alarmsOf } from "./watched.ts";

const [home, other] = ["eu-west-1", "eu-central-1"] as const;
const host = "api.pictures.example.com";
let graph: Graph;
let single: Graph;
const at = (region: string): Graph => ({ ...graph, resources: graph.resources.filter((one) => one.region === region) });
/** What looks after sources and repositories stands at home alone. */
const isOnce = /^(write-back|discover)-/;
const pairs = [
  [home, other],
  [other, home],
] as const;

beforeAll(async () => {
  graph = await stackGraph(
    "prod",
    {
      "darkroom:domain": "pictures.example.com",
      "darkroom:regions": [home, other],
      "darkroom:mail": { from: "darkroom@example.com" },
      "darkroom:archive": { afterDays: 30, class: "DEEP_ARCHIVE" },
      "darkroom:sources": [{ name: "shelf", kind: "s3", bucket: "example-shelf", writeBack: "web/" }],
      "darkroom:repositories": [{ name: "website", repo: "example/website" }],
      "darkroom:sourceSecrets": { website: "{}" },
      "darkroom:alarms": { enabled: true, email: "ops@example.com" },
    },
    ["darkroom:sourceSecrets"],
  );
  single = await stackGraph("dev");
});

describe("two Regions", () => {
  it("have one table, whose replica is as safe as itself", () => {
    expect(ofType(graph, "aws:dynamodb/table:Table")).toHaveLength(1);
    expect(inputsOf(graph, "catalog-table")).toMatchObject({
      streamViewType: "NEW_AND_OLD_IMAGES",
      replicas: [
        { regionName: other, pointInTimeRecovery: true, deletionProtectionEnabled: true, propagateTags: true },
      ],
    });
  });

  it.each(pairs)("wake the actors of %s by its own stream, for its own pictures alone", (region) => {
    const mappings = ofType(at(region), "aws:lambda/eventSourceMapping:EventSourceMapping").filter(
      ({ inputs, name }) => inputs["startingPosition"] !== undefined && !isOnce.test(name),
    );
    expect(mappings.length).toBeGreaterThan(6);
    for (const { inputs, name } of mappings) {
      expect(inputs["eventSourceArn"], name).toContain(`arn:aws:dynamodb:${region}:`);
      expect(JSON.stringify(inputs["filterCriteria"]), name).toContain(`homeRegion\\":{\\"S\\":[\\"${region}\\"]`);
    }
  });

  it.each([
    ["write-back-shelf", "published"],
    ["discover-website", "review"],
  ])("wake %s, which stands at home alone, for what any of them has brought to its end", (actor, status) => {
    const mappings = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping");
    const found = mappings.filter(({ name }) => name === `${actor}-trigger-mapping`);
    expect(found.map(({ region }) => region)).toEqual([home]);
    const { filters } = found[0]!.inputs["filterCriteria"] as { filters: { pattern: string }[] };
    const { NewImage } = JSON.parse(filters[0]!.pattern).dynamodb;
    expect(NewImage.homeRegion).toEqual({ S: [home, other] });
    expect(NewImage.status.S).toContain(status);
  });

  it("tell write-back of those by the topic, too, where that wakes it; and each Region's actors of its own alone", async () => {
    const told = await stackGraph("prod", {
      "darkroom:domain": "pictures.example.com",
      "darkroom:regions": [home, other],
      "darkroom:chaining": "sns",
      "darkroom:sources": [{ name: "shelf", kind: "s3", bucket: "example-shelf", writeBack: "web/" }],
    });
    const homesIn = (region: string) => {
      const { inputs } = told.resources.find(
        (one) => one.name === "announce-trigger-mapping" && one.region === region,
      )!;
      const { filters } = inputs["filterCriteria"] as { filters: { pattern: string }[] };
      return filters.map(({ pattern }) => {
        const { status, homeRegion } = JSON.parse(pattern).dynamodb.NewImage;
        return [status.S.includes("published"), homeRegion.S];
      });
    };
    expect(homesIn(home)).toEqual([
      [false, [home]],
      [true, [home, other]],
    ]);
    expect(homesIn(other)).toEqual([[false, [other]]]);
    for (const { name, inputs, region } of ofType(told, "aws:sns/topicSubscription:TopicSubscription").filter(
      ({ name }) => name.endsWith("-trigger-subscription"),
    ))
      expect(JSON.parse(String(inputs["filterPolicy"])).homeRegion, name).toEqual(
        isOnce.test(name) ? [home, other] : [region],
      );
  });

  it.each(pairs)(
    "let the functions of %s reach the other's table for what they need there, and nothing more",
    (region, peer) => {
      const table = (place: string) => `arn:aws:dynamodb:${place}:000000000000:table/darkroom-prod-catalog-table`;
      const there = (actor: string) => leave(at(region), actor).filter((line) => line.includes(`:${peer}:`));
      expect(there("ingest")).toEqual([]);
      expect(there("resize")).toEqual([`dynamodb:GetItem ${table(peer)}`]);
      expect(there("api")).toEqual(
        ["DeleteItem", "GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action} ${table(peer)}`),
      );
      for (const fn of functions(at(region))) expect(JSON.parse(variablesOf(fn)["REGIONS"]!)).toEqual([home, other]);
    },
  );

  it.each(pairs)(
    "let the API of %s show the other's previews, which S3 does not copy, and nothing else there",
    (region, peer) => {
      const api = named(at(region), "api-fn");
      const { bucket, arn } = named(at(peer), "working-bucket").outputs;
      expect(JSON.parse(variablesOf(api)["WORKING_ELSEWHERE"]!)).toEqual([{ region: peer, working: bucket }]);
      expect(leave(at(region), "api").filter((line) => / ([^/]+)/.exec(line)?.[1] === arn)).toEqual([
        `s3:DeleteObject ${arn}/previews/*`,
        `s3:GetObject ${arn}/previews/*`,
        `s3:ListBucket ${arn}`,
      ]);
    },
  );

  it("have S3 copy published and archived pictures and the originals both ways, with their deletions", () => {
    for (const [from, to] of pairs)
      for (const [held, prefix] of [
        ["published", ""],
        ["archived", ""],
        ["working", "originals/"],
      ] as const) {
        const target = named(at(to), `${held}-bucket`).outputs["arn"];
        const source = named(at(from), `${held}-bucket`).outputs;
        expect(inputsOf(at(from), `${held}-versions`)).toMatchObject({
          versioningConfiguration: { status: "Enabled" },
        });
        expect(inputsOf(at(from), `${held}-copies-rules`)).toMatchObject({
          bucket: source["bucket"],
          role: named(at(from), `${held}-copies-role`).outputs["arn"],
          rules: [
            {
              id: to,
              status: "Enabled",
              filter: { prefix },
              deleteMarkerReplication: { status: "Enabled" },
              destination: { bucket: target, metrics: { status: "Enabled" } },
            },
          ],
        });
        expect(statements(inputsOf(at(from), `${held}-copies-policy`)["policy"])).toEqual([
          {
            Effect: "Allow",
            Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            Resource: source["arn"],
          },
          {
            Effect: "Allow",
            Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            Resource: `${source["arn"]}/${prefix}*`,
          },
          {
            Effect: "Allow",
            Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            Resource: [`${target}/${prefix}*`],
          },
        ]);
      }
  });

  it("archive into S3's own class, as it replicates nothing out of the cold ones, and move it from there", () => {
    const archive = functions(at(other)).find(({ name }) => name === "archive-fn")!;
    expect(variablesOf(archive)).toMatchObject({ STORAGE_CLASS: "DEEP_ARCHIVE", ARRIVAL_CLASS: "STANDARD" });
    expect(inputsOf(at(other), "archived-lifecycle")).toMatchObject({
      transitionDefaultMinimumObjectSize: "varies_by_storage_class",
      rules: expect.arrayContaining([
        expect.objectContaining({ id: "cold", transitions: [{ days: 0, storageClass: "DEEP_ARCHIVE" }] }),
      ]),
    });
  });

  it("are led to by one name: the nearest that says that it is well", () => {
    for (const region of [home, other]) {
      const check = named(at(region), "api-check");
      const api = new URL(String(named(at(region), "door-api").outputs["apiEndpoint"]));
      expect(api.host).toContain(region);
      expect(check.inputs).toMatchObject({ type: "HTTPS", fqdn: api.host, resourcePath: "/health" });
      expect(inputsOf(at(region), "health-route")).toMatchObject({ routeKey: "GET /health" });
      expect(inputsOf(at(region), "api-record")).toMatchObject({
        name: host,
        setIdentifier: region,
        latencyRoutingPolicies: [{ region }],
        healthCheckId: check.outputs["id"],
      });
      expect(inputsOf(at(region), "api-mapping")).toMatchObject({ domainName: host, stage: "$default" });
      expect(JSON.stringify(inputsOf(at(region), "api-host"))).toContain(region);
    }
    const [value, same] = [home, other].map((region) => named(at(region), "door-value").outputs["secretString"]);
    expect(same).toBe(value);
    const origins = inputsOf(graph, "site-distribution")["origins"] as unknown as Record<string, unknown>[];
    expect(origins.find(({ originId }) => originId === "api")).toMatchObject({ domainName: host });
    expect(origins.find(({ originId }) => originId === "hooks")!["domainName"]).toContain(home);
  });

  it("show a picture out of the other where the first has it not, and let the page upload to both", () => {
    const { origins, originGroups, defaultCacheBehavior } = inputsOf(graph, "cdn-distribution");
    const domains = [home, other].map(
      (region) => named(at(region), "published-bucket").outputs["bucketRegionalDomainName"],
    );
    expect((origins as unknown as { domainName: string }[]).map(({ domainName }) => domainName)).toEqual(domains);
    expect(originGroups).toMatchObject([
      {
        originId: (defaultCacheBehavior as unknown as { targetOriginId: string }).targetOriginId,
        failoverCriteria: { statusCodes: [403, 404, 500, 502, 503, 504] },
        members: [{ originId: "published" }, { originId: "published-elsewhere" }],
      },
    ]);
    const headers = JSON.stringify(inputsOf(graph, "site-headers"));
    for (const region of [home, other])
      expect(headers).toContain(`https://${named(at(region), "incoming-bucket").outputs["bucketRegionalDomainName"]}`);
  });

  it("watch each other, each alarm with a topic beside it", () => {
    for (const { name, region, inputs } of alarmsOf(graph))
      for (const topic of inputs["alarmActions"] as string[]) expect(topic, name).toContain(`arn:aws:sns:${region}:`);
    const checks = alarmsOf(graph).filter(({ inputs }) => inputs["namespace"] === "AWS/Route53");
    expect(checks.map(({ region, inputs }) => [region, inputs["comparisonOperator"], inputs["threshold"]])).toEqual([
      ["us-east-1", "LessThanThreshold", 1],
      ["us-east-1", "LessThanThreshold", 1],
    ]);
    for (const [from, to] of pairs) {
      expect(inputsOf(at(from), `catalog-${to}-late`)["dimensions"]).toMatchObject({ ReceivingRegion: to });
      for (const held of ["published", "archived", "working"])
        for (const trouble of ["failed", "late"])
          expect(inputsOf(at(from), `${held}-copies-${to}-${trouble}`)["alarmDescription"]).toMatch(
            /runbooks\/region\.md$/,
          );
    }
  });

  it("do once what is to be done once, at home", () => {
    expect(functions(at(other)).map(({ name }) => name)).not.toContain("pull-shelf-fn");
    expect(functions(at(home)).map(({ name }) => name)).toContain("pull-shelf-fn");
    const dashboards = ofType(graph, "aws:cloudwatch/dashboard:Dashboard");
    expect(dashboards.map(({ inputs }) => inputs["dashboardName"])).toEqual([
      `darkroom-prod-${home}`,
      `darkroom-prod-${other}`,
    ]);
    expect(String(dashboards[1]!.inputs["dashboardBody"])).not.toContain("pull-shelf");
  });
});

it("one Region costs nothing of it", () => {
  const types = new Set(single.resources.map(({ type }) => type.split(":").at(-1)));
  for (const type of [
    "BucketReplicationConfig",
    "HealthCheck",
    "DomainName",
    "ApiMapping",
    "Record",
    "Certificate",
    "aws",
  ])
    expect(types).not.toContain(type);
  expect(inputsOf(single, "catalog-table")["replicas"]).toBeUndefined();
  expect(ofType(single, "aws:s3/bucketVersioning:BucketVersioning").map(({ name }) => name)).not.toContain(
    "working-versions",
  );
  expect(inputsOf(single, "cdn-distribution")["originGroups"]).toBeUndefined();
  for (const fn of functions(single)) expect(variablesOf(fn)["REGIONS"]).toBe(`["${home}"]`);
});
