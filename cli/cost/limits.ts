const docs = (page: string) => `https://docs.aws.amazon.com/${page}`;

/** AWS's default quotas for one account and Region. Those without `verified` are what is commonly known. */
export const limits = {
  concurrency: { most: 1000, source: docs("lambda/latest/dg/gettingstarted-limits.html") },
  /** Write units in a second that one key takes. */
  partitionWrites: {
    most: 1000,
    source: docs("amazondynamodb/latest/developerguide/warm-throughput-scenarios.html"),
    verified: "2026-11-23",
  },
  /** Write units in a second that a table takes. */
  tableWrites: {
    most: 40_000,
    source: docs("amazondynamodb/latest/developerguide/ServiceQuotas.html"),
    verified: "2026-11-23",
  },
  /** PUTs in a second that a prefix takes before S3 has divided it. */
  prefixPuts: { most: 3500, source: docs("AmazonS3/latest/userguide/optimizing-performance.html") },
  /** Calls of DetectModerationLabels in a second. */
  rekognition: { most: 50, source: docs("general/latest/gr/rekognition.html") },
} as const satisfies Record<string, { most: number; source: string; verified?: string }>;
