import { expect, it, onTestFinished } from "vitest";
import { scratchDir } from "./harness.ts";
import { surviveKills } from "./kill.ts";

const pictures = 50;
const kills = 8;
const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 100_000);

it(`publishes ${pictures} pictures exactly once although the host is killed ${kills} times on the way (KILL_SEED=${seed})`, {
  timeout: 600_000,
}, async () => {
  const { dir, remove } = await scratchDir();
  onTestFinished(remove);
  const { findings } = await surviveKills({ dir, pictures, kills, seed, patience: 200 });
  expect(findings).toEqual({
    statuses: { published: pictures },
    saidTwice: [],
    missing: [],
    leftOver: [],
    unserved: [],
  });
});
