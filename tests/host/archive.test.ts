import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import { dataSecret } from "../../local/data-secret.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { operatorOf } from "../../local/identities.ts";
import { awsPaths } from "../../local/paths.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

/** An original's way to the archive and back on this machine, where the days until it goes are none. */
describe("the archive on this machine", () => {
  let host: Host;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let s3: S3Client;
  const lines: string[] = [];
  beforeAll(async () => {
    scratch = await scratchDir();
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    await writeFile(join(folder, "small.jpg"), await makePhoto({ width: 200, height: 150, seed: 71 }));
    host = await startHost({
      port: 0,
      dir: join(scratch.dir, "data"),
      stack: "dev",
      say: (text) => lines.push(text),
      log: ({ name, line }) => lines.push(`${name}: ${line}`),
      alter: withoutWaiting,
    });
    s3 = new S3Client({
      endpoint: `${host.url}${awsPaths.S3}`,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: operatorOf(await dataSecret(join(scratch.dir, "data"))),
    });
    const imported = await darkroom("import", folder, "--to", operatorsAt(host.url), "--wait", "--json");
    expect(JSON.parse(imported.stdout).pictures, lines.join("\n")).toMatchObject([{ status: "published" }]);
  });
  afterAll(async () => {
    s3?.destroy();
    await host?.close();
    await scratch?.remove();
  });

  const only = async () => (await allPictures(host.url))[0] as PictureIn<"published">;
  const keysIn = async (name: string) => {
    const Bucket = `darkroom-dev-${name}-bucket`;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "originals/" }));
    return Contents.map(({ Key }) => Key);
  };
  const inArchive = (Key: string) => ({ Bucket: "darkroom-dev-archived-bucket", Key });

  it("has the original once its reminder ran out: the record says so, and the working bucket has it no longer", async () => {
    const picture = await until(async () => {
      const found = await only();
      return found.archive && (await keysIn("working")).length === 0 ? found : undefined;
    });
    const { original: key } = picture;
    expect(picture).toMatchObject({
      status: "published",
      archive: { class: "DEEP_ARCHIVE", bucket: "darkroom-dev-archived-bucket", key },
    });
    expect(picture.bytes).toBeLessThan(128 * 1024);
    expect(await s3.send(new HeadObjectCommand(inArchive(key)))).toMatchObject({
      ContentLength: picture.bytes,
      StorageClass: "DEEP_ARCHIVE",
    });
    await expect(s3.send(new GetObjectCommand(inArchive(key)))).rejects.toMatchObject({ name: "InvalidObjectState" });
  });

  it("gives it back when an operator asks, and keeps its copy", async () => {
    const { pictureId, original } = await only();
    const at = ["--at", operatorsAt(host.url), "--json"];
    const hasty = await darkroom("restore", pictureId, "--tier", "expedited", ...at);
    expect([hasty.code, JSON.parse(hasty.stdout).error.code]).toEqual([2, "NOT_SO_FAST"]);
    const ran = await darkroom("restore", pictureId, "--tier", "bulk", "--days", "2", "--wait", ...at);
    expect(ran.code, lines.join("\n")).toBe(0);
    const { archive } = JSON.parse(ran.stdout) as PictureIn<"published">;
    expect(Date.parse(archive!.restored!.until) - Date.parse(archive!.restored!.at)).toBe(2 * 86_400_000);
    expect(await keysIn("working")).toEqual([original]);
    expect(await keysIn("archived")).toEqual([original]);
  });

  it("forgets it with everything else", async () => {
    const { pictureId } = await only();
    const ran = await darkroom("forget", pictureId, "--yes", "--wait", "--at", operatorsAt(host.url));
    expect(ran.code, ran.stderr).toBe(0);
    for (const name of ["working", "archived"]) expect(await keysIn(name)).toEqual([]);
  });

  it("was refused nothing on the way, and put nothing aside", () => {
    expect(lines.filter((line) => /not authorized|EVENT_STRANGE|dead letter|"level":"ERROR"/i.test(line))).toEqual([]);
  });
});

/** The days that originals stay after publication are none. */
function withoutWaiting(graph: Graph): Graph {
  const hurried = (fn: Resource): Resource => {
    const { variables } = fn.inputs["environment"] as { variables: Record<string, string> };
    if (variables["KEEPING"] === undefined) return fn;
    const KEEPING = JSON.stringify({ ...JSON.parse(variables["KEEPING"]), publishedDays: 0 });
    return { ...fn, inputs: { ...fn.inputs, environment: { variables: { ...variables, KEEPING } } } };
  };
  const isFunction = ({ type }: Resource) => type === "aws:lambda/function:Function";
  return { ...graph, resources: graph.resources.map((each) => (isFunction(each) ? hurried(each) : each)) };
}
