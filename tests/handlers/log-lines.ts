import { afterEach, beforeEach, vi } from "vitest";

/** What each test's functions wrote into their log, one object a line. */
export function logLines(): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  beforeEach(() => {
    lines.length = 0;
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((text) => {
        for (const line of String(text).split("\n").filter(Boolean)) lines.push(JSON.parse(line));
        return true;
      });
  });
  afterEach(() => vi.restoreAllMocks());
  return lines;
}
