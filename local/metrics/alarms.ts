import { type AlarmRule, alarmRule } from "./alarm-rule.ts";
import { type AlarmState, evaluate, lookedAt, type MissingData } from "./alarm-state.ts";
import { isStatistic, statistic } from "./bucket.ts";
import type { Dimensions, MetricId, Readings } from "./types.ts";

/** Inputs of aws.cloudwatch.MetricAlarm, in Pulumi's names, with what AWS answers to them. */
export interface MetricAlarmConfig {
  readonly name: string;
  readonly arn: string;
  readonly alarmDescription?: string;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Dimensions;
  readonly statistic?: string;
  readonly extendedStatistic?: string;
  /** Seconds. */
  readonly period?: number;
  readonly threshold?: number;
  readonly comparisonOperator?: string;
  readonly evaluationPeriods?: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: string;
}

/** Inputs of aws.cloudwatch.CompositeAlarm. */
export interface CompositeAlarmConfig {
  readonly name: string;
  readonly arn: string;
  readonly alarmDescription?: string;
  readonly alarmRule: string;
}

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly state: AlarmState;
  /** What it watches, in words; why it is not evaluated, where it is not. */
  readonly about: string;
  /** Since when it is in this state, in epoch milliseconds. */
  readonly since: number;
}

export interface Alarms {
  /** Their states as they were last evaluated. */
  list(): readonly Alarm[];
  /** Looks at the metrics again; to be called about once a minute. */
  evaluate(now: number): void;
}

/** The graph's alarms, judged by what was measured here; nobody is told. */
export function createAlarms(
  configs: { readonly metric: readonly MetricAlarmConfig[]; readonly composite: readonly CompositeAlarmConfig[] },
  { readings, now }: { readonly readings: Readings; readonly now: number },
): Alarms {
  const states = new Map<string, { state: AlarmState; since: number }>();
  const judges = [
    ...configs.metric.map((config) => metricJudge(config, readings)),
    // After those that they look at, so that they see them as they are now.
    ...configs.composite.map((config) => compositeJudge(config, stateOf)),
  ];
  const byName = new Map(judges.flatMap((judge) => [judge.name, judge.arn].map((name) => [name, judge.arn] as const)));
  for (const { arn } of judges) states.set(arn, { state: "INSUFFICIENT_DATA", since: now });

  function stateOf(alarm: string): AlarmState {
    return states.get(byName.get(alarm) ?? alarm)?.state ?? "INSUFFICIENT_DATA";
  }

  return {
    list: () => judges.map(({ judge: _, ...shown }) => ({ ...shown, ...states.get(shown.arn)! })),
    evaluate(at) {
      for (const { arn, judge } of judges) {
        const before = states.get(arn)!;
        const state = judge(at, before.state);
        if (state !== before.state) states.set(arn, { state, since: at });
      }
    },
  };
}

interface Judge extends Omit<Alarm, "state" | "since"> {
  readonly judge: (now: number, before: AlarmState) => AlarmState;
}

function metricJudge(config: MetricAlarmConfig, readings: Readings): Judge {
  const { name, arn, alarmDescription: description, evaluationPeriods = 1, period = 300, threshold = 0 } = config;
  const { namespace, metricName, dimensions = {}, datapointsToAlarm = evaluationPeriods } = config;
  const shown = { name, arn, description };
  const by = config.extendedStatistic ?? config.statistic ?? "";
  const breaches = comparisons[config.comparisonOperator ?? ""];
  if (namespace === undefined || metricName === undefined || !isStatistic(by) || breaches === undefined)
    return {
      ...shown,
      about: "Not evaluated here: it does not watch one metric by a threshold.",
      judge: (_, before) => before,
    };
  const id: MetricId = { namespace, name: metricName, dimensions };
  const periodMs = Math.max(60_000, period * 1000);
  const missing = (config.treatMissingData ?? "missing") as MissingData;
  const often = evaluationPeriods > 1 ? `, ${datapointsToAlarm} of ${evaluationPeriods}` : "";
  return {
    ...shown,
    about: `${by} of ${metricName} ${breaches.sign} ${threshold} in ${periodMs / 60_000} min${often}`,
    judge(now, before) {
      // Periods end with the minute that is under way.
      const to = now - (now % 60_000) + 60_000;
      const points = readings
        .read(id, { from: to - lookedAt(evaluationPeriods) * periodMs, to, periodMs })
        .map((bucket) => bucket && breaches.test(statistic(by, bucket), threshold));
      return evaluate({ points, evaluationPeriods, datapointsToAlarm, missing, before });
    },
  };
}

const comparisons: Readonly<
  Record<string, { readonly sign: string; readonly test: (value: number, threshold: number) => boolean }>
> = {
  GreaterThanThreshold: { sign: ">", test: (value, threshold) => value > threshold },
  GreaterThanOrEqualToThreshold: { sign: "≥", test: (value, threshold) => value >= threshold },
  LessThanThreshold: { sign: "<", test: (value, threshold) => value < threshold },
  LessThanOrEqualToThreshold: { sign: "≤", test: (value, threshold) => value <= threshold },
};

function compositeJudge(config: CompositeAlarmConfig, stateOf: (alarm: string) => AlarmState): Judge {
  const { name, arn, alarmDescription: description } = config;
  const rule: AlarmRule = alarmRule(config.alarmRule);
  return { name, arn, description, about: config.alarmRule, judge: () => (rule(stateOf) ? "ALARM" : "OK") };
}
