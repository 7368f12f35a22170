/** An alarm's state, as CloudWatch names them. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

export interface Evaluation {
  /** Oldest first: whether each data point breaches the threshold; undefined where there is none. */
  readonly points: readonly (boolean | undefined)[];
  /** How many of the points are judged. */
  readonly evaluationPeriods: number;
  /** How many of those must breach. */
  readonly datapointsToAlarm: number;
  readonly missing: MissingData;
  readonly before: AlarmState;
}

/** CloudWatch looks at more points than it judges, so that a late one is not a missing one. */
export const lookedAt = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * M out of N: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * Only where too few points are there does it count what a missing one means.
 */
export function evaluate({ points, evaluationPeriods, datapointsToAlarm, missing, before }: Evaluation): AlarmState {
  const there = points.filter((point) => point !== undefined);
  const judged = there.slice(-evaluationPeriods);
  const breaching = judged.filter(Boolean).length;
  const lacking = evaluationPeriods - judged.length;
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (lacking === 0) return "OK";
  switch (missing) {
    case "breaching":
      return breaching + lacking >= datapointsToAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
      return breaching < judged.length ? "OK" : before;
    case "missing": {
      if (breaching < judged.length) return "OK";
      // A breach that is old enough, and nothing good after it.
      const oldest = points.indexOf(true);
      return oldest >= 0 && points.length - oldest >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA";
    }
  }
}
