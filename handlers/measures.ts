/** What is measured, and in which of CloudWatch's units: first of each source, then of the whole. */
export const measures = {
  /** Files brought into the incoming bucket. */
  SourceTaken: "Count",
  /** Files that a look left out. */
  SourceSkipped: "Count",
  /** Files given up. */
  SourceFailed: "Count",
  /** Minutes since when all looks have ended in trouble; 0 after one that ended well. */
  SourceFailingMinutes: "None",
  /** 1 for each trouble that lasts until somebody mends it. */
  SourceNeedsPerson: "Count",
  /** Objects that came in without being told of, and were told of again. */
  Stranded: "Count",
  /** Pictures that stood still, and were woken. */
  Woken: "Count",
  /** Pictures that stand still though they were woken as often as is worth it. */
  Stuck: "Count",
} as const;

export type Measure = (values: Readonly<Partial<Record<keyof typeof measures, number>>>) => void;
