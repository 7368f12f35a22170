import measured from "./measured.json" with { type: "json" };

export { measured };

/** What was not measured in the cloud. Each is said in the bill. */
export const assumed = {
  /** Waiting for one call, in milliseconds, within a Region. */
  s3Ms: 30,
  /** What one request moves. https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-design-patterns.html */
  s3MegabytesPerSecond: 85,
  dynamodbMs: 6,
  /** The same for a page of a megabyte of a listing. */
  pageMs: 30,
  /** CPU time that the SDK takes for a call, in milliseconds. */
  callCpuMs: 2,
  /** Lambda gives one vCPU at so many MB, and shares in proportion. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  megabytesPerVcpu: 1769,
  /** Bytes in CloudWatch for one invocation: Lambda's own start and report, and our line of its outcome. */
  logBytes: 1900,
  /** Share of invocations that X-Ray traces at its own default. */
  traced: 0.05,
} as const;

/** MB of memory of each function, as components/ sets them; a test holds them equal. */
export const memory = {
  ingest: 1769,
  moderate: 1769,
  resize: 3008,
  compress: 3008,
  publish: 512,
  archive: 512,
} as const;

export type Step = keyof typeof memory;
export const steps = Object.keys(memory) as readonly Step[];
