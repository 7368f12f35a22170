import { beforeAll, describe, expect, it } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements } from "./stacks.ts";

const network = { "darkroom:network": { zones: 2 } };
/** Everything that calls a service of its own, and every way to call what is not AWS's. */
const everything = {
  "darkroom:mail": { from: "darkroom@example.com" },
  "darkroom:digest": { to: ["ops@example.com"], at: "07:00 Europe/Berlin" },
  "darkroom:moderation": { screen: "nsfwjs", escalate: "rekognition" },
  "darkroom:compression": { kind: "tinify" },
  "darkroom:tinifyKey": "key",
  "darkroom:sources": [
    { name: "campaigns", kind: "dropbox", writeBack: "/web" },
    { name: "shelf", kind: "s3", bucket: "example-shelf", prefix: "raw/", writeBack: "web/" },
    { name: "far", kind: "s3", bucket: "example-far", region: "us-east-1" },
  ],
  "darkroom:sourceSecrets": { campaigns: "{}" },
};
const secrets = ["darkroom:sourceSecrets", "darkroom:tinifyKey"];

let none: Graph;
let plain: Graph;
let full: Graph;
let nat: Graph;
beforeAll(async () => {
  none = await stackGraph("prod");
  plain = await stackGraph("prod", network);
  full = await stackGraph("prod", { ...everything, ...network }, secrets);
  const zones = ["eu-west-1a", "eu-west-1c", "eu-west-1b"];
  nat = await stackGraph(
    "prod",
    { ...everything, "darkroom:network": { zones, internet: "nat", cidr: "172.16.64.0/18" } },
    secrets,
  );
});

const ec2 = (graph: Graph) => graph.resources.filter(({ type }) => /^aws:(ec2|vpc)\//.test(type));
const endpoints = (graph: Graph) =>
  ofType(graph, "aws:ec2/vpcEndpoint:VpcEndpoint")
    .map(({ inputs }) => `${inputs["vpcEndpointType"]} ${String(inputs["serviceName"]).split(".").at(-1)}`)
    .sort();
const configOf = (graph: Graph, name: string) =>
  inputsOf(graph, `${name}-fn`)["vpcConfig"] as
    | { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] }
    | undefined;
const actorsOf = (graph: Graph) => functions(graph).map(({ name }) => name.replace(/-fn$/, ""));
const outside = (graph: Graph) =>
  actorsOf(graph)
    .filter((actor) => configOf(graph, actor) === undefined)
    .sort();
const subnets = (graph: Graph, use: string) =>
  ofType(graph, "aws:ec2/subnet:Subnet").filter(({ name }) => name.startsWith(`network-${use}-`));
const idOf = (graph: Graph, name: string) => named(graph, name).outputs["id"];

describe("without a network", () => {
  it("nothing of one is made or paid for, and no function is in any", () => {
    expect(ec2(none)).toEqual([]);
    expect(outside(none)).toEqual(actorsOf(none).sort());
  });
});

describe("a network", () => {
  it("has a private subnet in each of the zones, and every function in it is in all of them", () => {
    expect(subnets(plain, "inside").map(({ inputs }) => [inputs["availabilityZone"], inputs["cidrBlock"]])).toEqual([
      ["eu-west-1a", "10.0.0.0/20"],
      ["eu-west-1b", "10.0.16.0/20"],
    ]);
    expect(outside(plain)).toEqual(["forget"]);
    const subnetIds = subnets(plain, "inside").map(({ outputs }) => outputs["id"]);
    for (const actor of actorsOf(plain).filter((name) => name !== "forget"))
      expect(configOf(plain, actor)).toEqual({
        subnetIds,
        securityGroupIds: [idOf(plain, "network-inside-group")],
      });
  });

  it("has no way in or out but its endpoints", () => {
    const types = new Set(ec2(plain).map(({ type }) => type.split(":").at(-1)));
    for (const absent of ["InternetGateway", "NatGateway", "Eip", "Route"]) expect(types).not.toContain(absent);
    expect(endpoints(plain)).toEqual(["Gateway dynamodb", "Gateway s3", "Interface secretsmanager", "Interface sqs"]);
    expect(inputsOf(plain, "network-default")).toEqual({ vpcId: idOf(plain, "network-vpc") });
  });

  it("has an endpoint for each service that settings have functions in it call, and for no other", () => {
    expect(endpoints(full)).toEqual([
      "Gateway dynamodb",
      "Gateway s3",
      "Interface email",
      "Interface lambda",
      "Interface rekognition",
      "Interface secretsmanager",
      "Interface sqs",
    ]);
    // Seen from the roles: what a function in it may call, with nothing that Lambda calls for it.
    const prefixes: Record<string, string> = { ses: "email" };
    const called = actorsOf(full)
      .filter((actor) => configOf(full, actor) !== undefined)
      .flatMap((actor) => statements(inputsOf(full, `${actor}-policy`)["policy"]))
      .flatMap(({ Action }) => Action.map((action) => action.split(":")[0]!))
      .filter((service) => !["ec2", "logs", "xray"].includes(service))
      .map((service) => prefixes[service] ?? service);
    expect([...new Set(called)].sort()).toEqual(
      endpoints(full)
        .map((endpoint) => endpoint.split(" ")[1])
        .sort(),
    );
  });

  it("leaves those outside that call what is not AWS's in this Region, and so pays for no NAT", () => {
    expect(outside(full)).toEqual(["compress", "forget", "pull-campaigns", "pull-far", "write-back-campaigns"]);
    expect(configOf(full, "pull-shelf")).toEqual(configOf(full, "resize"));
    expect(ofType(full, "aws:ec2/natGateway:NatGateway")).toEqual([]);
  });

  it("lets functions talk to endpoints alone, by TLS, and nobody to functions", () => {
    const [inside, group] = ["network-inside-group", "network-endpoint-group"].map((name) => idOf(plain, name));
    const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
    const rules = (kind: string) =>
      ofType(plain, `aws:vpc/securityGroup${kind}Rule:SecurityGroup${kind}Rule`).map(({ inputs }) => inputs);
    expect(rules("Ingress")).toEqual([{ securityGroupId: group, referencedSecurityGroupId: inside, ...https }]);
    const list = (service: string) => named(plain, `network-endpoint-${service}`).outputs["prefixListId"];
    expect(rules("Egress")).toEqual([
      { securityGroupId: inside, referencedSecurityGroupId: group, ...https },
      { securityGroupId: inside, prefixListId: list("s3"), ...https },
      { securityGroupId: inside, prefixListId: list("dynamodb"), ...https },
    ]);
    for (const name of ["network-inside-group", "network-endpoint-group"])
      expect(inputsOf(plain, name)).not.toHaveProperty("ingress");
  });

  it("opens its endpoints to roles of this account, and the gateways to its own tables and buckets and a source's", () => {
    const conditions = (service: string) => statements(inputsOf(full, `network-endpoint-${service}`)["policy"]);
    const account = "000000000000";
    expect(conditions("sqs")).toEqual([
      {
        Effect: "Allow",
        Principal: "*",
        Action: ["sqs:*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": account } },
      },
    ]);
    const both = { StringEquals: { "aws:PrincipalAccount": account, "aws:ResourceAccount": account } };
    expect(conditions("dynamodb").map(({ Condition }) => Condition)).toEqual([both]);
    const [own, foreign] = conditions("s3");
    expect(own!.Condition).toEqual(both);
    expect(foreign).toMatchObject({
      Action: ["s3:ListBucket", "s3:GetObject", "s3:PutObject"],
      // Not the one of another Region, whose function is outside.
      Resource: ["arn:aws:s3:::example-shelf", "arn:aws:s3:::example-shelf/*"],
    });
  });

  it("writes down its flows, by a role that can do nothing else", () => {
    expect(inputsOf(plain, "network-flow")).toMatchObject({ trafficType: "ALL", vpcId: idOf(plain, "network-vpc") });
    expect(inputsOf(plain, "network-flow-logs")).toEqual({ retentionInDays: 365 });
    const group = "arn:aws:logs:eu-west-1:000000000000:log-group:darkroom-prod-network-flow-logs";
    expect(leave(plain, "network-flow")).toEqual(
      ["CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents"].map(
        (action) => `logs:${action} ${group},${group}:*`,
      ),
    );
  });

  it("lets functions start only once they can get out", () => {
    const { dependencies } = named(full, "api-fn");
    for (const needed of ["network-endpoint-sqs", "network-endpoint-ses", "network-inside-to-s3"])
      expect(dependencies).toContain(named(full, needed).urn);
    expect(named(full, "resize-fn").dependencies).not.toContain(named(full, "network-endpoint-sqs").urn);
  });
});

describe("roles in a network", () => {
  const making = ["AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"];
  const extra = (graph: Graph, actor: string) => {
    const before = leave(none, actor);
    return leave(graph, actor).filter((line) => !before.includes(line));
  };

  it("have what Lambda needs to put a function there, and no more; outside they have none of it", () => {
    const interfaces = "arn:aws:ec2:eu-west-1:000000000000:*/*";
    const lines = [...making, "UnassignPrivateIpAddresses"].map((action) => `ec2:${action} ${interfaces}`);
    const looking = ["ec2:DescribeNetworkInterfaces *", "ec2:DescribeSubnets *"];
    const allowed = statements(inputsOf(plain, "resize-policy")["policy"])
      .filter(({ Effect, Action }) => Effect === "Allow" && Action[0]!.startsWith("ec2:"))
      .flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${Resource}`));
    expect(allowed.sort()).toEqual([...lines, ...looking].sort());
    expect(extra(plain, "forget")).toEqual([]);
  });

  it("give none of it to the function's own code, and take nothing else from it", () => {
    const policies = ofType(plain, "aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs["role"] === inputsOf(plain, "resize-policy")["role"])
      .map(({ inputs }) => JSON.parse(String(inputs["policy"])));
    const identity = {
      arn: "arn:aws:sts::000000000000:assumed-role/r/r",
      accessKeyId: "",
      secretAccessKey: "",
      policies,
    };
    const authorize = createAuthorizer();
    const may = (action: string, resource: string, context = {}) =>
      authorize(identity, { action, resource, context }).allowed;
    const own = {
      "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:darkroom-prod-resize-fn",
    };
    const subnet = "arn:aws:ec2:eu-west-1:000000000000:subnet/subnet-1";
    expect(may("ec2:CreateNetworkInterface", subnet)).toBe(true);
    expect(may("ec2:CreateNetworkInterface", subnet, own)).toBe(false);
    expect(may("ec2:DescribeSubnets", "*", own)).toBe(false);
    const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/darkroom-prod-catalog-table";
    expect(may("dynamodb:GetItem", table, own)).toBe(true);
  });
});

describe("a network with NAT", () => {
  it("holds every function; only those that call the internet can reach it, each by its own zone", () => {
    expect(outside(nat)).toEqual([]);
    const outward = subnets(nat, "outward").map(({ outputs }) => outputs["id"]);
    const there = actorsOf(nat).filter((actor) => configOf(nat, actor)!.subnetIds.includes(String(outward[0])));
    expect(there.sort()).toEqual(outside(full));
    for (const actor of there)
      expect(configOf(nat, actor)).toEqual({
        subnetIds: outward,
        securityGroupIds: [idOf(nat, "network-outward-group")],
      });
    for (const zone of [0, 1, 2]) {
      const gateway = inputsOf(nat, `network-nat-${zone}`);
      expect(gateway["subnetId"]).toBe(idOf(nat, `network-public-${zone}`));
      expect(inputsOf(nat, `network-outward-out-${zone}`)).toMatchObject({
        natGatewayId: idOf(nat, `network-nat-${zone}`),
        routeTableId: inputsOf(nat, `network-outward-joins-${zone}`)["routeTableId"],
      });
      expect(inputsOf(nat, `network-public-${zone}`)["availabilityZone"]).toBe(
        inputsOf(nat, `network-outward-${zone}`)["availabilityZone"],
      );
    }
    // Those inside have no way out, as before.
    const insideRoutes = idOf(nat, "network-inside-routes");
    expect(ofType(nat, "aws:ec2/route:Route").map(({ inputs }) => inputs["routeTableId"])).not.toContain(insideRoutes);
  });

  it("keeps addresses apart, in the zones that were named", () => {
    const all = ofType(nat, "aws:ec2/subnet:Subnet").map(({ inputs }) => String(inputs["cidrBlock"]));
    expect(new Set(all).size).toBe(9);
    expect(subnets(nat, "outward").map(({ inputs }) => inputs["cidrBlock"])).toEqual([
      "172.16.84.0/22",
      "172.16.88.0/22",
      "172.16.92.0/22",
    ]);
    expect(subnets(nat, "inside").map(({ inputs }) => inputs["availabilityZone"])).toEqual([
      "eu-west-1a",
      "eu-west-1c",
      "eu-west-1b",
    ]);
  });

  it("leads them to S3 and DynamoDB past the NAT, which charges by the byte", () => {
    const tables = ["network-inside-routes", ...[0, 1, 2].map((zone) => `network-outward-routes-${zone}`)];
    for (const service of ["s3", "dynamodb"])
      expect(inputsOf(nat, `network-endpoint-${service}`)["routeTableIds"]).toEqual(
        tables.map((name) => idOf(nat, name)),
      );
  });
});

describe("zones", () => {
  it("that a Region does not have are said in a sentence", async () => {
    await expect(stackGraph("dev", { "darkroom:network": { zones: 4 } })).rejects.toMatchObject({
      message: expect.stringMatching(/^ZONES_TOO_FEW: Expected 4 .*eu-west-1a, eu-west-1b, eu-west-1c/),
    });
  });
});
