import { describe, expect, it } from "vitest";
import { alarmRule } from "../../local/metrics/alarm-rule.ts";
import { type AlarmState, evaluate, lookedAt, type MissingData } from "../../local/metrics/alarm-state.ts";
import { createAlarms, type MetricAlarmConfig } from "../../local/metrics/alarms.ts";
import { createStore } from "../../local/metrics/store.ts";

/** AWS's own tables: 0 is a good point, X a breaching one, - a missing one; "as before" is INSUFFICIENT_DATA here. */
const before = "INSUFFICIENT_DATA";
const kinds: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
const states: Readonly<Record<string, AlarmState>> = { A: "ALARM", O: "OK", "?": "INSUFFICIENT_DATA" };

describe("an alarm's state", () => {
  it.each([
    [3, "0-X-X", "OOOO"],
    [3, "0----", "OOOO"],
    [3, "-----", "??AO"],
    [3, "0XX-X", "AAAA"],
    [3, "----X", "??AO"],
    [3, "X----", "A?AO"],
    [3, "--X--", "A?AO"],
    [2, "0-X-X", "AAAA"],
    [2, "00X0X", "AAAA"],
    [2, "0-X--", "OOAO"],
    [2, "----0", "OOAO"],
    [2, "----X", "??AO"],
    [2, "---X-", "A?AO"],
  ])("%i of 3 over %s", (datapointsToAlarm, drawn, expected) => {
    const points = [...drawn].map((point) => (point === "-" ? undefined : point === "X"));
    expect(points).toHaveLength(lookedAt(3));
    const found = kinds.map((missing) =>
      evaluate({ points, evaluationPeriods: 3, datapointsToAlarm, missing, before }),
    );
    expect(found).toEqual([...expected].map((letter) => states[letter]));
  });

  it("stays as it was where missing points are ignored", () => {
    const of = { points: [undefined, undefined, undefined], evaluationPeriods: 1, datapointsToAlarm: 1 };
    for (const before of ["OK", "ALARM"] as const) expect(evaluate({ ...of, missing: "ignore", before })).toBe(before);
  });
});

const noon = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;
const errors: MetricAlarmConfig = {
  name: "resize-errors",
  arn: "arn:errors",
  namespace: "AWS/Lambda",
  metricName: "Errors",
  dimensions: { FunctionName: "resize" },
  statistic: "Sum",
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  period: 300,
  evaluationPeriods: 1,
  treatMissingData: "notBreaching",
};

describe("the graph's alarms", () => {
  function rig(metric: readonly MetricAlarmConfig[], rule?: string) {
    const time = { now: noon };
    const store = createStore({ now: () => time.now, warn: () => {} });
    const composite = rule === undefined ? [] : [{ name: "stuck", arn: "arn:stuck", alarmRule: rule }];
    const alarms = createAlarms({ metric, composite }, { readings: store, now: noon });
    const fail = (value: number) =>
      store.add({ namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName: "resize" }, value });
    const look = () => {
      alarms.evaluate(time.now);
      return alarms.list().map(({ state }) => state);
    };
    return { time, fail, look, alarms };
  }

  it("rings when the metric breaches, says since when, and stops", () => {
    const { time, fail, look, alarms } = rig([errors]);
    fail(0);
    expect(look()).toEqual(["OK"]);
    time.now += 2 * minute;
    fail(1);
    expect(look()).toEqual(["ALARM"]);
    time.now += minute;
    look();
    expect(alarms.list()).toEqual([
      {
        name: "resize-errors",
        arn: "arn:errors",
        description: undefined,
        about: "Sum of Errors > 0 in 5 min",
        state: "ALARM",
        since: noon + 2 * minute,
      },
    ]);
    time.now += 5 * minute;
    fail(0);
    expect(look()).toEqual(["OK"]);
  });

  it.each([
    ["LessThanThreshold", 1, "ALARM"],
    ["LessThanOrEqualToThreshold", 0, "ALARM"],
    ["GreaterThanOrEqualToThreshold", 0, "ALARM"],
    ["GreaterThanThreshold", 0, "OK"],
  ])("compares by %s with %i", (comparisonOperator, threshold, state) => {
    const { fail, look } = rig([{ ...errors, comparisonOperator, threshold }]);
    fail(0);
    expect(look()).toEqual([state]);
  });

  it("says that one it cannot judge is not judged", () => {
    const { look, alarms } = rig([{ ...errors, metricName: undefined }]);
    expect(look()).toEqual(["INSUFFICIENT_DATA"]);
    expect(alarms.list()[0]?.about).toMatch(/^Not evaluated here/);
  });

  it("judges composites by the others' states, named or by ARN", () => {
    const { fail, look } = rig([errors], 'ALARM("resize-errors") AND NOT OK(arn:errors)');
    expect(look()).toEqual(["OK", "OK"]);
    fail(1);
    expect(look()).toEqual(["ALARM", "ALARM"]);
  });
});

describe("a composite's rule", () => {
  const stateOf = (name: string): AlarmState => states[name] ?? "INSUFFICIENT_DATA";

  it.each([
    ["ALARM(A)", true],
    ['ALARM("O")', false],
    ["OK(O) AND INSUFFICIENT_DATA(?)", true],
    ["ALARM(O) OR ALARM(A) AND ALARM(O)", false],
    ["(ALARM(A) OR ALARM(O)) AND ALARM(A)", true],
    ["NOT (ALARM(A) AND TRUE)", false],
    ["NOT FALSE", true],
  ])("%s", (rule, rings) => {
    expect(alarmRule(rule)(stateOf)).toBe(rings);
  });

  it.each(["", "ALARM", "ALARM()", "RINGS(A)", "ALARM(A) ALARM(O)", "(ALARM(A)", "ALARM(A) AND"])(
    "refuses %s",
    (rule) => {
      expect(() => alarmRule(rule)).toThrow(/^ALARM_RULE_INVALID/);
    },
  );
});
