import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

interface Line {
  readonly of: string;
  readonly message: string;
  readonly actor: string;
  readonly [field: string]: unknown;
}

/** What the functions write, as CloudWatch would get it. */
describe("the lines of the functions on this machine", () => {
  let host: Host;
  let graph: Graph;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  const raw: { readonly name: string; readonly line: string }[] = [];
  const lines = () => raw.map(({ name, line }): Line => ({ of: name, ...JSON.parse(line) }));
  const email = "ann.smith@example.com";

  beforeAll(async () => {
    scratch = await scratchDir();
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    const photo = await makePhoto({ width: 300, height: 200, seed: 71 });
    await writeFile(join(folder, "lake.jpg"), photo);
    await writeFile(join(folder, "cut.jpg"), photo.subarray(0, photo.length / 2));
    host = await startHost({
      port: 0,
      dir: join(scratch.dir, "data"),
      stack: "dev",
      say: () => {},
      log: (entry) => raw.push(entry),
      alter: (captured) => {
        graph = captured;
        return captured;
      },
    });
    await post("/api/sign-in", { email });
    await post("/api/sign-in", { email, more: `${email} twice` });
    await fetch(`${host.url}/api/pictures/${encodeURIComponent(email)}`);
    await darkroom("import", folder, "--to", operatorsAt(host.url), "--wait", "--json");
    const [picture] = await allPictures(host.url);
    await darkroom("forget", picture!.pictureId, "--yes", "--wait", "--at", operatorsAt(host.url));
    await until(async () => lines().find(({ message }) => message === "forgotten"));
  });
  afterAll(async () => {
    await host?.close();
    await scratch?.remove();
  });
  const post = (path: string, body: object) =>
    fetch(host.url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", origin: host.url },
    });

  it("each say where, who and on which request; and those of a picture, which", () => {
    const chain = ["ingest", "moderate", "resize", "compress", "publish", "forget"];
    expect(lines().map(({ of }) => of)).toEqual(expect.arrayContaining(["api", ...chain]));
    for (const line of lines()) {
      expect(line).toMatchObject({
        actor: line.of,
        environment: "dev",
        region: "eu-west-1",
        availabilityZone: "euw1-az1",
        instanceId: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      // A measure sums up, and is of no one picture.
      if (chain.includes(line.of) && line["_aws"] === undefined)
        expect(line["pictureId"], line.message).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("show nobody's address", () => {
    expect(lines().map(({ message }) => message)).toEqual(expect.arrayContaining(["code sent", "refused"]));
    expect(JSON.stringify(raw)).not.toMatch(/ann\.smith|example\.com/);
  });

  it("are counted by the stack's filters: each picture in, out and refused once, and the time of every step", () => {
    const counted = graph.resources
      .filter(({ type }) => type === "aws:cloudwatch/logMetricFilter:LogMetricFilter")
      .flatMap(({ name, inputs }) => {
        const { name: metric, dimensions } = inputs["metricTransformation"] as {
          name: string;
          dimensions: Record<string, string>;
        };
        const values = (line: Line) => Object.values(dimensions).map((path) => line[path.slice(2)]);
        return lines()
          .filter((line) => line.of === name.split("-counts-")[0] && matches(String(inputs["pattern"]), line))
          .map((line) => [metric, ...values(line)].join(" "));
      });
    expect(counted.sort()).toEqual([
      "PicturesForgotten dev",
      "PicturesIn dev",
      "PicturesIn dev",
      "PicturesPublished dev",
      "PicturesRejected dev",
      "PicturesRejected dev TRUNCATED",
      "StepMilliseconds compress dev",
      "StepMilliseconds forget dev",
      "StepMilliseconds ingest dev",
      "StepMilliseconds ingest dev",
      "StepMilliseconds moderate dev",
      "StepMilliseconds publish dev",
      "StepMilliseconds resize dev",
    ]);
  });
});

/** Conditions such as `($.message = "received")`, all joined by the same sign: as much of the language as the filters use. */
function matches(pattern: string, line: Line): boolean {
  const conditions = [...pattern.matchAll(/\(\$\.(\w+) (=|!=|>=) ("[^"]*"|\d+)\)/g)].map(([, field, sign, text]) => {
    const [value, wanted] = [line[field!], JSON.parse(text!)];
    if (value === undefined) return false;
    return sign === "=" ? value === wanted : sign === "!=" ? value !== wanted : Number(value) >= wanted;
  });
  return pattern.includes("&&") ? conditions.every(Boolean) : conditions.some(Boolean);
}
