/** What is measured of each source, and in which of CloudWatch's units. */
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
} as const;

export type Measure = (values: Readonly<Partial<Record<keyof typeof measures, number>>>) => void;
