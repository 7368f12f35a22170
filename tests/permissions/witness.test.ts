import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { witness } from "../../local/permissions/witness.ts";
import type { Exemption } from "./exemptions.ts";
import { findingsIn, nameOf } from "./findings.ts";

const bucket = "arn:aws:s3:::stack-working";
const roleArn = "arn:aws:iam::000000000000:role/resize-role";
const policy = {
  Statement: [
    { Effect: "Allow" as const, Action: ["s3:GetObject", "s3:PutObject"], Resource: `${bucket}/originals/*` },
  ],
};
const identity = {
  arn: "arn:aws:sts::000000000000:assumed-role/resize-role/resize",
  accessKeyId: "",
  secretAccessKey: "",
  policies: [policy],
};
const exemption: Exemption = { owners: /^resize$/, actions: ["s3:PutObject"], reason: "for this test" };

describe("what hosts say of their permissions", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "darkroom-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const findings = (calls: readonly (readonly [action: string, key: string])[], allowed: readonly Exemption[] = []) => {
    const authorize = witness(createAuthorizer(), graph, dir);
    for (const [action, key] of calls) authorize(identity, { action, resource: `${bucket}/${key}` });
    const { unused, denied, needless } = findingsIn(dir, allowed);
    return { unused: unused.map(nameOf), denied: denied.map(nameOf), needless };
  };
  const [get, put] = [
    ["s3:GetObject", "originals/1"],
    ["s3:PutObject", "originals/1"],
  ] as const;

  it("is nothing where each grant was used", () => {
    expect(findings([get, put, get])).toEqual({ unused: [], denied: [], needless: [] });
  });

  it("names a grant that nobody used, by its function and as index.ts calls the resource", () => {
    expect(findings([get]).unused).toEqual(["resize s3:PutObject working-bucket/originals/*"]);
  });

  it("names a call that was denied", () => {
    const found = findings([get, put, ["s3:DeleteObject", "originals/1"]]);
    expect(found.denied).toEqual(["resize s3:DeleteObject working-bucket/originals/1"]);
  });

  it("adds up what several hosts say, and excuses what has a reason only as long as nobody uses it", () => {
    expect(findings([get], [exemption])).toEqual({ unused: [], denied: [], needless: [] });
    expect(findings([put], [exemption])).toEqual({ unused: [], denied: [], needless: [exemption] });
    expect(findings([], [{ ...exemption, byChance: true }]).needless).toEqual([]);
    expect(findings([], [{ ...exemption, owners: /^nobody$/ }]).needless).toHaveLength(1);
  });
});

const resource = (type: string, name: string, inputs: object, outputs: object): Resource => ({
  urn: name,
  type,
  name,
  custom: true,
  region: "eu-west-1",
  inputs: { ...inputs },
  outputs: { ...outputs },
  protect: false,
  dependencies: [],
});
const graph: Graph = {
  project: "darkroom",
  stack: "test",
  outputs: {},
  resources: [
    resource("aws:s3/bucket:Bucket", "working-bucket", {}, { arn: bucket }),
    resource("aws:iam/role:Role", "resize-role", {}, { arn: roleArn, name: "resize-role" }),
    resource("aws:iam/rolePolicy:RolePolicy", "resize-policy", { role: "resize-role", policy }, {}),
    resource("aws:lambda/function:Function", "resize-fn", { role: roleArn, code: { path: "dist/resize" } }, {}),
  ],
};
