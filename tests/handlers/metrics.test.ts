import { expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { measures } from "../../handlers/measures.ts";

const said = <T>(run: (write: (line: string) => void) => T) => {
  const lines: string[] = [];
  run((line) => lines.push(line));
  return lines.map((line) => JSON.parse(line));
};

it("writes one line of embedded metrics: names with their units, under one set of dimensions", () => {
  const [line] = said((write) => {
    emfMeasure({ Environment: "dev", Provider: "tinify" }, write)({ PaidCallsStopped: 1, BudgetUsedPercent: 100 });
  });
  expect(line).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: "Darkroom",
          Dimensions: [["Environment", "Provider"]],
          Metrics: [
            { Name: "PaidCallsStopped", Unit: "Count" },
            { Name: "BudgetUsedPercent", Unit: "Percent" },
          ],
        },
      ],
    },
    Environment: "dev",
    Provider: "tinify",
    PaidCallsStopped: 1,
    BudgetUsedPercent: 100,
  });
});

it("names places in ASCII, as CloudWatch drops any other", () => {
  const [line] = said((write) => {
    const by = { Environment: "dev", Moderator: "nsfwjs → café", Answer: "review" };
    emfMeasure(by, write)({ ModerationAnswers: 1 });
  });
  expect(line).toMatchObject({ Moderator: "nsfwjs > caf?", Answer: "review", ModerationAnswers: 1 });
});

it("knows only units that CloudWatch has", () => {
  const units = new Set(Object.values(measures).map(({ unit }) => unit));
  expect([...units].sort()).toEqual(["Bytes", "Count", "None", "Percent", "Seconds"]);
});
