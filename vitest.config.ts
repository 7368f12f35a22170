import { defineConfig } from "vitest/config";

const last = "tests/permissions/exact.test.ts";

export default defineConfig({
  test: {
    globalSetup: ["tests/build-once.ts", "tests/permissions/folder.ts"],
    // Real processes, real pictures: time-outs only stop what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One more than the cores of a small machine: half of the time of most tests is waiting.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: "all", include: ["tests/**/*.test.ts"], exclude: [last] } },
      // What the hosts of the others used is known when they have ended.
      { extends: true, test: { name: "permissions", include: [last], sequence: { groupOrder: 1 } } },
    ],
  },
});
