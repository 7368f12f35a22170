import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { own } from "../../policy/exceptions.ts";
import { rules } from "../../policy/rules/index.ts";
import { type Analyzer, startAnalyzer } from "./analyzer.ts";
import { dev, full } from "./graphs.ts";
import { changedIn, set } from "./spoil.ts";

let analyzer: Analyzer;
let sound: Graph;
beforeAll(async () => {
  [analyzer, sound] = await Promise.all([startAnalyzer(), full()]);
});
afterAll(() => analyzer.close());

/** What three of the rules say of a graph in which one queue is not encrypted. */
async function analyze(config: Readonly<Record<string, object>>) {
  await analyzer.configure(config, ["queue-encryption", "function-runtime", "bucket-access-logs"]);
  const resources = set("intake-queue", { sqsManagedSseEnabled: false })(sound.resources);
  return analyzer.analyze({ resources }, changedIn(sound, resources));
}
const exceptions = (...list: object[]) => ({ "queue-encryption": { exceptions: list } });
const reason = "It carries names of test pictures alone.";

describe("a configured exception", () => {
  it("lets be what it names, with a reason", async () => {
    expect(await analyze(exceptions({ name: "intake-queue", reason }))).toEqual([]);
    expect(await analyze(exceptions({ urn: "urn:pulumi:prod::*::intake-queue", reason }))).toEqual([]);
  });

  it("is itself a violation without a reason, and does not hold", async () => {
    for (const exception of [{ name: "intake-queue" }, { name: "intake-queue", reason: "  because " }, { reason }]) {
      const found = await analyze(exceptions(exception));
      expect(found.map(({ level }) => level)).toEqual(["mandatory", "mandatory"]);
      expect(found[0]!.message).toMatch(/Expected intake-queue to state an encryption/);
      expect(found[1]!.message).toMatch(/EXCEPTION_WITHOUT_REASON/);
    }
  });

  it("covers nothing else: another resource, another stack, another part", async () => {
    for (const other of [{ name: "intake" }, { urn: "urn:pulumi:dev::*" }, { name: "intake-queue", about: "alarm" }])
      expect((await analyze(exceptions({ ...other, reason })))[0]).toMatchObject({
        level: "mandatory",
        message: expect.stringContaining("intake-queue"),
      });
  });

  it("is reported, as advice, when nothing needs it any more", async () => {
    const unused = { name: "resize-fn", about: "Image", reason: "A container was needed for libvips once." };
    const found = await analyze({
      ...exceptions({ name: "intake-queue", reason }),
      "function-runtime": { exceptions: [unused] },
    });
    expect(found).toMatchObject([{ rule: "function-runtime", level: "advisory" }]);
    expect(found[0]!.message).toMatch(/EXCEPTION_UNUSED.*resize-fn/);
  });

  it("can take back Darkroom's own", async () => {
    const found = await analyze({
      ...exceptions({ name: "intake-queue", reason }),
      "bucket-access-logs": { withoutOwn: true },
    });
    expect(found.map(({ rule }) => rule)).toEqual(Array(8).fill("bucket-access-logs"));
  });
});

describe("Darkroom's own exceptions", () => {
  it("belong to rules that there are, and give a reason", () => {
    const names = rules.map(({ name }) => name);
    for (const [name, list] of Object.entries(own)) {
      expect(names).toContain(name);
      for (const { reason } of list) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
    }
  });

  it("are each needed, in dev or in a stack with everything", async () => {
    const asConfigured = Object.entries(own).map(([rule, exceptions]) => [rule, { withoutOwn: true, exceptions }]);
    await analyzer.configure(Object.fromEntries(asConfigured), Object.keys(own));
    const unusedIn = async (graph: Graph) =>
      (await analyzer.analyze(graph))
        .map(({ message }) => message)
        .filter((message) => /EXCEPTION_UNUSED/.test(message));
    const inDev = await unusedIn(await dev());
    expect((await unusedIn(sound)).filter((message) => inDev.includes(message))).toEqual([]);
  });
});
