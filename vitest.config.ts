import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: "tests/build-once.ts",
    // Real processes, real pictures: time-outs only stop what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One more than the cores of a small machine: half of the time of most tests is waiting.
    maxWorkers: 3,
  },
});
