import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { Call, Identity, PolicyDocument, Statement } from "../../local/aws/types.ts";

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/resize`;
const session = `arn:aws:sts::${account}:assumed-role/resize/resize-fn`;
const table = `arn:aws:dynamodb:eu-west-1:${account}:table/catalog`;
const queue = `arn:aws:sqs:eu-west-1:${account}:failures`;
const photo = "arn:aws:s3:::working/originals/a.jpg";

const authorize = createAuthorizer();
const policy = (...statements: object[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements as Statement[],
});
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});
const caller = (policies: PolicyDocument[], arn = session): Identity => ({
  arn,
  accessKeyId: "AKIA",
  secretAccessKey: "secret",
  policies,
});
const read = (more: Partial<Call> = {}): Call => ({ action: "s3:GetObject", resource: photo, ...more });

describe("the words of a refusal", () => {
  it("names caller, action and resource when nothing allows the call", () => {
    expect(authorize(caller([]), read())).toEqual({
      allowed: false,
      because: `User: ${session} is not authorized to perform: s3:GetObject on resource: ${photo} because no identity-based policy allows the s3:GetObject action`,
    });
  });

  it("says where an explicit deny stands", () => {
    const open = policy(allow("s3:*", "*"));
    expect(authorize(caller([open, policy(deny("s3:GetObject", "*"))]), read())).toMatchObject({
      because: expect.stringMatching(/originals\/a\.jpg with an explicit deny in an identity-based policy$/),
    });
    const resourcePolicy = policy(deny("s3:*", "*", { Principal: "*" }));
    expect(authorize(caller([open]), read({ resourcePolicy }))).toMatchObject({
      because: expect.stringMatching(/with an explicit deny in a resource-based policy$/),
    });
  });

  it("speaks of the resource's policy to a service, which has none of its own", () => {
    expect(authorize(caller([], "cloudfront.amazonaws.com"), read())).toMatchObject({
      because: expect.stringMatching(/because no resource-based policy allows the s3:GetObject action$/),
    });
  });
});

describe("principals of a resource's policy", () => {
  const granted = (Principal: unknown, arn: string, more: object = {}) =>
    authorize(caller([], arn), read({ resourcePolicy: policy(allow("s3:GetObject", photo, { Principal, ...more })) }))
      .allowed;

  it("lets in the named service, and only it", () => {
    const Principal = { Service: "cloudfront.amazonaws.com" };
    expect(granted(Principal, "cloudfront.amazonaws.com")).toBe(true);
    expect(granted(Principal, "events.amazonaws.com")).toBe(false);
    expect(granted(Principal, session)).toBe(false);
  });

  it("lets in a function by its role, whatever the role's path", () => {
    expect(granted({ AWS: role }, session)).toBe(true);
    expect(granted({ AWS: [`arn:aws:iam::${account}:role/service/resize`] }, session)).toBe(true);
    expect(granted({ AWS: `arn:aws:iam::${account}:role/publish` }, session)).toBe(false);
  });

  it("tells a distribution from another by the condition on its ARN", () => {
    const distribution = `arn:aws:cloudfront::${account}:distribution/E1`;
    const statement = allow("s3:GetObject", "arn:aws:s3:::working/*", {
      Principal: { Service: "cloudfront.amazonaws.com" },
      Condition: { StringEquals: { "AWS:SourceArn": distribution } },
    });
    const service = caller([], "cloudfront.amazonaws.com");
    const from = (arn: string) => read({ resourcePolicy: policy(statement), context: { "aws:SourceArn": arn } });
    expect(authorize(service, from(distribution)).allowed).toBe(true);
    expect(authorize(service, from(distribution.replace("E1", "E2"))).allowed).toBe(false);
    expect(authorize(service, read({ resourcePolicy: policy(statement) })).allowed).toBe(false);
  });
});

describe("what it cannot decide", () => {
  const condition = (Condition: object) => allow("s3:GetObject", "*", { Condition });
  const cases: [what: string, statement: object, named: RegExp][] = [
    ["an unknown operator", condition({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }), /IpAddress/],
    ["a misspelt operator", condition({ StringEqual: { "s3:prefix": "a" } }), /StringEqual\b/],
    ["an unknown operator with a set prefix", condition({ "ForAllValues:BinaryEquals": { a: "b" } }), /BinaryEquals/],
    ["NotAction", { Effect: "Allow", NotAction: "s3:DeleteObject", Resource: "*" }, /NotAction/],
    ["NotResource", { Effect: "Deny", Action: "s3:*", NotResource: photo }, /NotResource/],
    [
      "a policy variable without a value",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own syntax
      allow("s3:GetObject", "arn:aws:s3:::working/${aws:username}/*"),
      /aws:username/,
    ],
    ["an unfinished ARN", allow("s3:GetObject", "working/*"), /working/],
    ["a wrong effect", { Effect: "allow", Action: "s3:*", Resource: "*" }, /Effect allow/],
    ["a principal in a caller's own policy", allow("s3:*", "*", { Principal: "*" }), /Principal/],
    ["a number that is none", condition({ NumericLessThan: { "s3:max-keys": "ten" } }), /ten/],
  ];
  it.each(cases)("throws and names %s", (_, statement, named) => {
    expect(() => authorize(caller([policy(statement)]), read())).toThrow(named);
    expect(() => authorize(caller([policy(statement)]), read())).toThrow(/^POLICY_UNSUPPORTED/);
  });
});

describe("compared with @cloud-copilot/iam-simulate", () => {
  const statements: Record<string, object> = {
    "one object": allow("s3:GetObject", photo),
    "a prefix": allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::working/originals/*"),
    "any action, case ignored": allow("S3:get*", "arn:aws:s3:::working/*"),
    "one question mark": allow("s3:GetObjec?", "arn:aws:s3:::working/originals/?.jpg"),
    "two question marks": allow("s3:GetObject", "arn:aws:s3:::working/originals/??.jpg"),
    "another bucket": allow("s3:GetObject", "arn:aws:s3:::published/*"),
    "the bucket itself": allow("s3:ListBucket", "arn:aws:s3:::working"),
    "over TLS only": allow("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    "denied without TLS": deny("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    "denied unless TLS, if told": deny("s3:*", "*", {
      Condition: { BoolIfExists: { "aws:SecureTransport": "false" } },
    }),
    "from one role": allow("*", "*", { Condition: { ArnEquals: { "aws:PrincipalArn": role } } }),
    "not from one role": allow("*", "*", { Condition: { ArnNotLike: { "aws:PrincipalArn": role } } }),
    "by source": allow("*", "*", { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:work*" } } }),
    "by a text like": allow("*", "*", { Condition: { StringLike: { "aws:UserAgent": ["darkroom/*", "cli?"] } } }),
    "by a text unlike": allow("*", "*", { Condition: { StringNotLike: { "aws:UserAgent": "dark*" } } }),
    "by a missing key": allow("*", "*", { Condition: { Null: { "aws:UserAgent": "true" } } }),
    "by two keys": allow("*", "*", {
      Condition: { StringEquals: { "aws:UserAgent": "darkroom/1" }, Bool: { "aws:SecureTransport": "true" } },
    }),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own syntax
    "own folder": allow("s3:*", "arn:aws:s3:::working/${aws:UserAgent}/*"),
    "the table": allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], table),
    "its indexes": allow("dynamodb:Query", `${table}/index/*`),
    "tables of every region": allow("dynamodb:*Item", `arn:aws:dynamodb:*:${account}:table/*`),
    "never delete": deny("dynamodb:DeleteItem", "*"),
    "the queue": allow("sqs:SendMessage", queue),
  };
  const resourcePolicies: Record<string, object | undefined> = {
    none: undefined,
    "lets the role": allow("*", "*", { Principal: { AWS: role } }),
    "lets anyone over TLS": allow("*", "*", { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
    "refuses the account": deny("*", "*", { Principal: { AWS: `arn:aws:iam::${account}:root` } }),
    "lets the account": allow("*", "*", { Principal: { AWS: account } }),
  };
  const calls: Record<string, Call> = {
    read: read(),
    "read over TLS": read({ context: { "aws:SecureTransport": "true", "aws:UserAgent": "darkroom/1" } }),
    "read in the clear": read({ context: { "aws:SecureTransport": "false", "aws:UserAgent": "originals" } }),
    "read elsewhere": read({ resource: "arn:aws:s3:::working/other/a.jpg" }),
    write: read({ action: "s3:PutObject", context: { "aws:SourceArn": "arn:aws:s3:::working" } }),
    list: { action: "s3:ListBucket", resource: "arn:aws:s3:::working" },
    get: { action: "dynamodb:GetItem", resource: table },
    delete: { action: "dynamodb:DeleteItem", resource: table, context: { "aws:UserAgent": "cli2" } },
    "query an index": { action: "dynamodb:Query", resource: `${table}/index/byStatus` },
    send: { action: "sqs:SendMessage", resource: queue },
  };

  /** Every call with every pair of neighbouring statements, the resource policies taken in turn. */
  const names = Object.keys(statements);
  const cases = names.flatMap((first, at) =>
    Object.keys(calls).map((call, turn) => {
      const second = names[(at * 7 + turn * 3 + 1) % names.length]!;
      const resourcePolicy = call === "read" || turn % 2 === 0 ? at % 5 : 0;
      return [first, second, Object.keys(resourcePolicies)[resourcePolicy]!, call] as const;
    }),
  );

  const simulate = async (own: PolicyDocument, { action, resource, context, resourcePolicy }: Call) => {
    const result = await runSimulation(
      {
        request: {
          principal: session,
          action,
          resource: { resource, accountId: account },
          contextVariables: {
            "aws:PrincipalArn": role,
            "aws:PrincipalAccount": account,
            "aws:PrincipalIsAWSService": "false",
            ...context,
          },
        },
        identityPolicies: [{ name: "own", policy: own }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
      },
      {},
    );
    if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
    return result.overallResult;
  };

  it(`decides ${cases.length} cases as it does`, async () => {
    const outcomes = { Allowed: 0, ImplicitlyDenied: 0, ExplicitlyDenied: 0 };
    const differences: string[] = [];
    for (const [first, second, resource, name] of cases) {
      const needsValue = [first, second].includes("own folder") && !calls[name]!.context?.["aws:UserAgent"];
      if (needsValue) continue;
      const own = policy(statements[first]!, statements[second]!);
      const resourcePolicy = resourcePolicies[resource] && policy(resourcePolicies[resource]);
      const call = { ...calls[name]!, resourcePolicy };
      const expected = await simulate(own, call);
      const decision = authorize(caller([own]), call);
      outcomes[expected] += 1;
      const explicit = !decision.allowed && / explicit deny /.test(decision.because);
      const actual = decision.allowed ? "Allowed" : explicit ? "ExplicitlyDenied" : "ImplicitlyDenied";
      if (actual !== expected)
        differences.push(`${first} + ${second}, ${resource}, ${name}: ${actual}, not ${expected}`);
    }
    expect(differences).toEqual([]);
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(20);
  }, 60_000);

  it("reads numbers and sets as it does", async () => {
    const list = { action: "s3:ListBucket", resource: "arn:aws:s3:::working" };
    const conditions: [operator: string, key: string, value: unknown][] = [
      ["NumericLessThan", "s3:max-keys", "10"],
      ["NumericLessThanEquals", "s3:max-keys", "10"],
      ["NumericGreaterThan", "s3:max-keys", "9"],
      ["NumericGreaterThanEqualsIfExists", "s3:max-keys", "11"],
      ["NumericEquals", "s3:max-keys", ["1", "10.0"]],
      ["NumericNotEquals", "s3:max-keys", "10"],
      ["StringEqualsIgnoreCase", "s3:prefix", "ORIGINALS/"],
      ["StringNotEqualsIgnoreCase", "s3:prefix", "ORIGINALS/"],
      ["StringNotEquals", "s3:prefix", ["a", "originals/"]],
      ["StringEqualsIfExists", "s3:prefix", "originals/"],
      ["ForAllValues:StringLike", "aws:TagKeys", ["a*"]],
      ["ForAnyValue:StringLike", "aws:TagKeys", ["a*"]],
    ];
    const contexts = [
      {},
      { "s3:max-keys": "10", "s3:prefix": "originals/", "aws:TagKeys": "album" },
      { "s3:max-keys": "11", "s3:prefix": "b", "aws:TagKeys": "b" },
    ];
    const differences: string[] = [];
    for (const [operator, key, value] of conditions)
      for (const context of contexts) {
        const own = policy(allow("s3:ListBucket", "*", { Condition: { [operator]: { [key]: value } } }));
        const call: Call = { ...list, context: context as Record<string, string> };
        const expected = (await simulate(own, call)) === "Allowed";
        const actual = authorize(caller([own]), call).allowed;
        if (actual !== expected) differences.push(`${operator} ${JSON.stringify(context)}: ${actual}`);
      }
    expect(differences).toEqual([]);
  });
});
