export interface Price {
  /** US dollars. */
  readonly dollars: number;
  /** What they are for. */
  readonly per: string;
  /** Page with the price. */
  readonly source: string;
  /**
   * Where it was read on that day: on a copy of the vendor's own page, in a page about it, or nowhere (it
   * is what is commonly known, and has to be looked up before anybody relies on it).
   */
  readonly seen: "vendor" | "elsewhere" | "unverified";
  readonly at: string;
}

const at = "2026-11-23";
const aws = (page: string) => `https://aws.amazon.com/${page}/`;
const list = (dollars: number, per: string, source: string, seen: Price["seen"]): Price => ({
  dollars,
  per,
  source,
  seen,
  at,
});

/** List prices of us-east-1, first tier, without free allowances, in whole units of what is counted. */
export const prices = {
  lambdaSecond: list(0.0000133334, "GB-second on arm64", aws("lambda/pricing"), "elsewhere"),
  lambdaRequest: list(0.2 / 1e6, "invocation", aws("lambda/pricing"), "elsewhere"),
  s3Put: list(0.005 / 1000, "PUT, COPY, POST or LIST", aws("s3/pricing"), "elsewhere"),
  s3Get: list(0.0004 / 1000, "GET or HEAD", aws("s3/pricing"), "unverified"),
  s3Month: list(0.023, "GB in a month", aws("s3/pricing"), "elsewhere"),
  archivePutDEEP_ARCHIVE: list(0.05 / 1000, "PUT or COPY to DEEP_ARCHIVE", aws("s3/pricing"), "elsewhere"),
  archivePutGLACIER: list(0.03 / 1000, "PUT or COPY to GLACIER", aws("s3/pricing"), "elsewhere"),
  archivePutGLACIER_IR: list(0.02 / 1000, "PUT or COPY to GLACIER_IR", aws("s3/pricing"), "unverified"),
  archiveMonthDEEP_ARCHIVE: list(0.00099, "GB in a month in DEEP_ARCHIVE", aws("s3/pricing"), "elsewhere"),
  archiveMonthGLACIER: list(0.0036, "GB in a month in GLACIER", aws("s3/pricing"), "elsewhere"),
  archiveMonthGLACIER_IR: list(0.004, "GB in a month in GLACIER_IR", aws("s3/pricing"), "unverified"),
  tableWrite: list(0.625 / 1e6, "write request unit", aws("dynamodb/pricing/on-demand"), "elsewhere"),
  tableRead: list(0.125 / 1e6, "read request unit", aws("dynamodb/pricing/on-demand"), "elsewhere"),
  tableMonth: list(0.25, "GB in a month", aws("dynamodb/pricing/on-demand"), "unverified"),
  tableBackupMonth: list(0.2, "GB in a month, recovery to any moment", aws("dynamodb/pricing/on-demand"), "unverified"),
  queueRequest: list(0.4 / 1e6, "SQS request", aws("sqs/pricing"), "unverified"),
  // Pages about it disagree whether S3's events are free as AWS's own or paid as opted into: the dearer counts.
  event: list(1 / 1e6, "EventBridge event of S3", aws("eventbridge/pricing"), "unverified"),
  logs: list(0.5, "GB of log taken in", aws("cloudwatch/pricing"), "elsewhere"),
  logsMonth: list(0.03, "GB of log in a month", aws("cloudwatch/pricing"), "unverified"),
  metric: list(0.3, "metric of ours in a month", aws("cloudwatch/pricing"), "elsewhere"),
  alarm: list(0.1, "alarm in a month", aws("cloudwatch/pricing"), "elsewhere"),
  dashboard: list(3, "dashboard in a month", aws("cloudwatch/pricing"), "elsewhere"),
  trace: list(5 / 1e6, "X-Ray trace", aws("xray/pricing"), "unverified"),
  secret: list(0.4, "secret in a month", aws("secrets-manager/pricing"), "elsewhere"),
  webAcl: list(5, "firewall in a month", aws("waf/pricing"), "elsewhere"),
  webAclRule: list(1, "rule of it in a month", aws("waf/pricing"), "elsewhere"),
  webAclRequest: list(0.6 / 1e6, "request that it looks at", aws("waf/pricing"), "elsewhere"),
  cdnOut: list(0.085, "GB to North America or Europe", aws("cloudfront/pricing"), "vendor"),
  cdnRequest: list(0.01 / 10_000, "HTTPS request", aws("cloudfront/pricing"), "elsewhere"),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
