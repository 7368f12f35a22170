import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph, Resource } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import type { Mail } from "../../local/mailbox/mailbox.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

/** The day's figures on this machine, by the command that asks for them. */
describe("the digest on this machine", () => {
  let host: Host;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  const lines: string[] = [];
  beforeAll(async () => {
    scratch = await scratchDir();
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    for (const seed of [61, 62])
      await writeFile(join(folder, `${seed}.jpg`), await makePhoto({ width: 300, height: 200, seed }));
    host = await startHost({
      port: 0,
      dir: join(scratch.dir, "data"),
      stack: "dev",
      say: () => {},
      log: ({ name, line }) => name === "digest" && lines.push(line),
      alter: whereItIsNoon,
    });
    const imported = await darkroom("import", folder, "--to", operatorsAt(host.url), "--wait", "--json");
    expect(JSON.parse(imported.stdout).pictures).toMatchObject([{ status: "published" }, { status: "published" }]);
  });
  afterAll(async () => {
    await host?.close();
    await scratch?.remove();
  });

  const mails = async () => {
    const answer = await fetch(`${host.url}/mailbox/mails`);
    return ((await answer.json()) as { mails: Mail[] }).mails;
  };
  const mailed = async (count: number) =>
    until(async () => {
      const all = await mails();
      return all.length >= count ? all : undefined;
    });

  it("mails today's figures when it is asked to: subject, text, and a chart that the mailbox shows", async () => {
    const asked = await darkroom("digest", "--now", "--at", operatorsAt(host.url), "--json");
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining("today") });
    const [mail] = await mailed(1);
    expect(mail).toMatchObject({
      to: ["ops@darkroom.example"],
      subject: expect.stringMatching(/^Darkroom dev, \w+ \d+ \w+ until \d\d:\d\d: 2 in, 2 out$/),
      text: expect.stringMatching(/2 pictures came in and 2 went out\..*Compress +\S/s),
    });
    const [image] = mail!.attachments!;
    expect(await sharp(Buffer.from(image!.base64, "base64")).metadata()).toMatchObject({ format: "png", width: 1072 });
    const shown = await (await fetch(`${host.url}/mailbox/mails/${mail!.id}`)).text();
    expect(shown).toContain(`<img src="data:image/png;base64,${image!.base64}"`);
    expect(shown).not.toContain("cid:");
  });

  it("mails the day before as often as it is asked to, and today's again", async () => {
    const before = (await mails()).length;
    for (const flags of [[], [], ["--now"]]) await darkroom("digest", ...flags, "--at", operatorsAt(host.url));
    const all = await mailed(before + 3);
    const quiet = all.filter(({ subject }) => subject.endsWith(": a quiet day"));
    expect(quiet).toHaveLength(2);
    for (const { attachments } of quiet) expect(attachments).toBeUndefined();
  });

  it("says in its log what it did, and nobody's address", async () => {
    const outcomes = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line).message] : []));
    expect(outcomes.filter((outcome) => outcome === "mailed").length).toBeGreaterThan(0);
    expect(lines.join("\n")).not.toMatch(/@\w/);
  });
});

/** Midnight must not come between the pictures and their figures. */
function whereItIsNoon(graph: Graph): Graph {
  // The sign of these zones' names is the other way round.
  const ahead = 12 - new Date().getUTCHours();
  const timeZone = `Etc/GMT${ahead > 0 ? `-${ahead}` : `+${-ahead}`}`;
  const moved = (fn: Resource): Resource => {
    const { variables } = fn.inputs["environment"] as { variables: Record<string, string> };
    const digest = JSON.parse(variables["DIGEST"]!);
    const DIGEST = JSON.stringify({ ...digest, at: { ...digest.at, timeZone } });
    return { ...fn, inputs: { ...fn.inputs, environment: { variables: { ...variables, DIGEST } } } };
  };
  const { resources } = graph;
  return { ...graph, resources: resources.map((each) => (each.name === "digest-fn" ? moved(each) : each)) };
}
