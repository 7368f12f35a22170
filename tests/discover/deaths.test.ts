import { afterEach, describe, expect, it } from "vitest";
import { ahead, type Discovering, discovering, jpeg, pageOf } from "../fixtures/discovering.ts";
import type { MemoryLedger } from "../fixtures/memory-source.ts";
import { Crash, mortal } from "../fixtures/mortal-world.ts";

/**
 * Every way in which the process can die over a repository: behind each call it makes of the
 * world. Then it is called again, and all must end as if nothing had happened.
 */

const site = {
  "index.html": pageOf("beach.jpg", "lfs.jpg"),
  "beach.jpg": jpeg,
  "lfs.jpg": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
};

const open: Discovering[] = [];
afterEach(async () => {
  for (const { github } of open.splice(0)) await github.close();
});

/** From the first look to the pull request, or the commit; the process dies in the look named, if it dies. */
async function run(deliver: "pull-request" | "commit", death?: Death) {
  const rig = await discovering(site, { deliver });
  open.push(rig);
  const calls: number[] = [];
  for (const look of [1, 2, 3]) {
    const { world, port, calls: made } = mortal(rig.world, death?.look === look ? { ...death, when: "after" } : {});
    const repository = { ...port(rig.repository), rawUrl: rig.repository.rawUrl };
    const { catalog, incoming, working } = world;
    const dying = { catalog, incoming, working, ledger: port(bound(rig.ledger)), open: async () => repository };
    const ended = await rig.look(dying).catch((error: unknown) => error);
    calls.push(made());
    if (death?.look === look) {
      expect(ended).toBeInstanceOf(Crash);
      await rig.look();
    }
    await rig.develop();
  }
  return { rig, calls };
}

/** So that its functions know it when they are called alone. */
const bound = (ledger: MemoryLedger): MemoryLedger =>
  Object.fromEntries(
    Object.entries(ledger).map(([name, value]) => [name, typeof value === "function" ? value.bind(ledger) : value]),
  ) as unknown as MemoryLedger;

interface Death {
  readonly look: number;
  readonly call: number;
}

function endOf({ github, world, ledger }: Discovering) {
  const branch = github.refs.has("darkroom/website") ? "darkroom/website" : "main";
  const { tree, message } = github.git.commits.get(github.refs.get(branch)!)!;
  return {
    pulls: github.pulls,
    branches: [...github.refs.keys()],
    commits: branch === "main" ? github.git.history(github.refs.get("main")!).size : ahead(github, branch).length,
    tree,
    message,
    incoming: [...world.incoming.objects.keys()].sort(),
    taken: ledger.counts.taken,
    trouble: ledger.ticks.at(-1)?.trouble,
  };
}

const references = {
  "pull-request": await run("pull-request"),
  commit: await run("commit"),
} as const;
/** Until a death there is nothing between two calls, so that one behind each is enough. */
const deaths = (["pull-request", "commit"] as const).flatMap((deliver) =>
  references[deliver].calls.flatMap((calls, index) =>
    // What comes before and after the delivery is the same in both.
    deliver === "commit" && index !== 1
      ? []
      : Array.from({ length: calls }, (_, call) => ({ deliver, look: index + 1, call: call + 1 })),
  ),
);

describe("a death", () => {
  it("can come at any of many calls", () => {
    const { calls, rig } = references["pull-request"];
    expect(calls.map((count) => count >= 3)).toEqual([true, true, true]);
    expect(endOf(rig)).toMatchObject({ pulls: [{ state: "open" }], commits: 1, taken: 1, trouble: undefined });
    expect(endOf(references.commit.rig)).toMatchObject({ pulls: [], branches: ["main"], commits: 2, taken: 1 });
  });

  it.each(deaths)("after call $call of look $look ($deliver) changes nothing in the end", async (death) => {
    const { rig } = await run(death.deliver, death);
    // A count may be missing, as it comes after what it counts; nothing is counted twice.
    const { taken, ...end } = endOf(rig);
    const { taken: all, ...reference } = endOf(references[death.deliver].rig);
    expect(end).toEqual(reference);
    expect(taken).toBeLessThanOrEqual(all);
  });
});
