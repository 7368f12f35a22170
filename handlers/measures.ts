const byStack = ["Environment"] as const;
const bySource = ["Environment", "Source"] as const;
const byProvider = ["Environment", "Provider"] as const;

/** What the functions measure: in which of CloudWatch's units, and by which dimensions. */
export const measures = {
  /** Files brought into the incoming bucket. */
  SourceTaken: { unit: "Count", dimensions: bySource },
  /** Files that a look left out. */
  SourceSkipped: { unit: "Count", dimensions: bySource },
  /** Files given up. */
  SourceFailed: { unit: "Count", dimensions: bySource },
  /** Minutes since when all looks have ended in trouble; 0 after one that ended well. */
  SourceFailingMinutes: { unit: "None", dimensions: bySource },
  /** 1 for each trouble that lasts until somebody mends it. */
  SourceNeedsPerson: { unit: "Count", dimensions: bySource },
  /** US dollars, for each paid call before it is made. */
  Spent: { unit: "None", dimensions: byProvider },
  /** Calls that were not made because the month's budget is spent. */
  PaidCallsStopped: { unit: "Count", dimensions: byProvider },
  /** Of the month's budget. */
  BudgetUsedPercent: { unit: "Percent", dimensions: byProvider },
  /** By a picture's compression: what its pixels had more than its files. */
  BytesSaved: { unit: "Bytes", dimensions: byStack },
  /** Objects that came in without being told of, and were told of again. */
  Stranded: { unit: "Count", dimensions: byStack },
  /** Pictures that stood still, and were woken. */
  Woken: { unit: "Count", dimensions: byStack },
  /** Pictures that stand still though they were woken as often as is worth it. */
  Stuck: { unit: "Count", dimensions: byStack },
  /** From a picture's entry until it can be seen. */
  SecondsToPublish: { unit: "Seconds", dimensions: byStack },
  /** Pictures that a moderator has spoken of, and what followed. */
  ModerationAnswers: { unit: "Count", dimensions: ["Environment", "Moderator", "Answer"] },
} as const;

type Measures = typeof measures;
type Dimensions<Name extends keyof Measures> = Measures[Name]["dimensions"][number];
export type Dimension = Dimensions<keyof Measures>;

/** Names of what is measured by exactly these dimensions. */
export type MeasuredBy<By extends Dimension> = {
  [Name in keyof Measures]: [Dimensions<Name>, By] extends [By, Dimensions<Name>] ? Name : never;
}[keyof Measures];

/** Measures at one place in its dimensions. */
export type Measure<By extends Dimension> = (values: Readonly<Partial<Record<MeasuredBy<By>, number>>>) => void;
export type SourceMeasure = Measure<"Environment" | "Source">;
