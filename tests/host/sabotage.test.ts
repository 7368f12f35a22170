import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { withoutAction, withoutFilter, withoutVariable } from "./alter.ts";
import { allPictures, chaining, darkroom, operatorsAt, until } from "./harness.ts";

/**
 * The laptop runs the very graph that is deployed: what is missing from it is missing here too, and
 * is named before an account sees it.
 */
describe("a graph with one thing missing", () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUps.splice(0).reverse()) await clean();
  });

  /** Starts a host on an altered graph and sends one photograph. Everything that is said from then on is collected. */
  async function sendThrough(alter: (graph: Graph) => Graph) {
    const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
    cleanUps.push(() => rm(dir, { recursive: true, force: true }));
    const said: string[] = [];
    const host: Host = await startHost({
      port: 0,
      dir: join(dir, "data"),
      stack: "dev",
      alter,
      testifies: false,
      say: (text) => said.push(text),
      log: ({ name, line }) => said.push(`${name}: ${line}`),
    });
    cleanUps.push(() => host.close());
    const photos = join(dir, "photos");
    await mkdir(photos);
    await writeFile(join(photos, "photo.jpg"), await makePhoto({ width: 200, height: 150, seed: 9 }));
    const { code, stderr } = await darkroom("import", photos, "--to", operatorsAt(host.url));
    expect(code, stderr).toBe(0);
    return { host, said };
  }
  const heard = (said: readonly string[], text: RegExp) => until(async () => said.find((line) => text.test(line)));

  it("a permission: the call is denied, naming the action and the resource", async () => {
    const { host, said } = await sendThrough((graph) => withoutAction(graph, "publish", "s3:GetObject"));
    const line = await heard(said, /^publish:.*not authorized/);
    expect(line).toMatch(/s3:GetObject on resource: .*arn:aws:s3:::darkroom-dev-working-bucket\/compressed\//);
    expect((await allPictures(host.url)).map(({ status }) => status)).toEqual(["compressed"]);
  });

  it("an environment variable: the function does not start, naming the variable", async () => {
    const { host, said } = await sendThrough((graph) => withoutVariable(graph, "compress", "PUBLISHED_URL"));
    expect(await heard(said, /ENV_INVALID/)).toMatch(/PUBLISHED_URL is not set/);
    expect((await allPictures(host.url)).map(({ status }) => status)).toEqual(["resized"]);
  });

  it("a filter: a change that should not have come is refused, naming the filter", async () => {
    const { said } = await sendThrough((graph) => withoutFilter(graph, "resize"));
    expect(await heard(said, /^resize:.*EVENT_STRANGE/)).toMatch(
      /a picture that is accepted, received .*filter of this function's event source mapping/,
    );
  });

  const reader = chaining === "sns" ? "announce" : "moderate";
  it("a stream permission: the mapping is not made, as on AWS", async () => {
    const started = sendThrough((graph) => withoutAction(graph, reader, "dynamodb:GetRecords"));
    await expect(started).rejects.toThrow(/AWS would not create this mapping: .*dynamodb:GetRecords/);
  });
});
