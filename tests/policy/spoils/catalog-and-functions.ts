import { add, all, type Spoil, set, unprotect, without } from "../spoil.ts";

const replica = (change: object) => ({
  replicas: [{ regionName: "eu-central-1", pointInTimeRecovery: true, deletionProtectionEnabled: true, ...change }],
});
const streamed = "resize-trigger-mapping";

export const catalogAndFunctionSpoils: readonly Spoil[] = [
  {
    rule: "table-point-in-time-recovery",
    what: "off",
    spoil: set("catalog-table", { pointInTimeRecovery: { enabled: false } }),
    says: /catalog-table to be on\./,
  },
  {
    rule: "table-point-in-time-recovery",
    what: "off in a replica",
    spoil: set("catalog-table", replica({ pointInTimeRecovery: false })),
    says: /on in eu-central-1/,
  },
  {
    rule: "table-deletion-protection",
    what: "off in AWS",
    spoil: set("catalog-table", { deletionProtectionEnabled: false }),
    says: /deletionProtectionEnabled of catalog-table/,
  },
  {
    rule: "table-deletion-protection",
    what: "off in Pulumi",
    spoil: unprotect("catalog-table"),
    says: /option protect/,
  },
  {
    rule: "table-deletion-protection",
    what: "off in a replica",
    spoil: set("catalog-table", replica({ deletionProtectionEnabled: undefined })),
    says: /true in eu-central-1/,
  },
  {
    rule: "table-capacity",
    what: "a fixed capacity",
    spoil: set("catalog-table", { billingMode: "PROVISIONED", readCapacity: 5 }),
    says: /received PROVISIONED/,
  },
  {
    rule: "table-encryption",
    what: "not stated",
    spoil: set("catalog-table", { serverSideEncryption: undefined }),
    says: /catalog-table/,
  },
  {
    rule: "table-backup-plan",
    what: "a table without a plan and without a reason",
    spoil: add("aws:dynamodb/table:Table", "ledger", { arn: "arn:aws:dynamodb:eu-west-1:000000000000:table/ledger" }),
    says: /ledger to be in a backup plan/,
  },
  {
    rule: "table-stream-and-ttl",
    what: "new images alone",
    spoil: set("catalog-table", { streamViewType: "NEW_IMAGE" }),
    says: /received NEW_IMAGE/,
  },
  {
    rule: "table-stream-and-ttl",
    what: "no TTL",
    spoil: set("catalog-table", { ttl: undefined }),
    says: /ttl of catalog-table/,
  },
  {
    rule: "function-callers",
    what: "everybody",
    spoil: set("api-permission", { principal: "*" }),
    says: /api-permission of api-fn to name a principal/,
  },
  {
    rule: "function-callers",
    what: "S3 without an account",
    spoil: set("api-permission", { principal: "s3.amazonaws.com", sourceAccount: undefined }),
    says: /sourceAccount for s3.amazonaws.com/,
  },
  {
    rule: "function-runtime",
    what: "an old one",
    spoil: set("resize-fn", { runtime: "nodejs18.x" }),
    says: /resize-fn, received nodejs18.x/,
  },
  {
    rule: "function-runtime",
    what: "a container image, which cdk-nag does not look at",
    spoil: set("resize-fn", { packageType: "Image", runtime: undefined }),
    says: /container image/,
  },
  { rule: "function-tracing", what: "off", spoil: set("resize-fn", { tracingConfig: undefined }), says: /resize-fn/ },
  {
    rule: "function-size-stated",
    what: "the default memory",
    spoil: set("resize-fn", { memorySize: undefined }),
    says: /resize-fn to state its memorySize/,
  },
  {
    rule: "function-failures-kept",
    what: "calls from a schedule that are forgotten",
    spoil: without("digest-calls"),
    says: /digest-fn.*digest-schedule/,
  },
  {
    rule: "function-failures-kept",
    what: "calls from S3 that are forgotten",
    spoil: add("aws:lambda/permission:Permission", "by-s3", (of) => ({
      function: of("resize-fn")["name"],
      principal: "s3.amazonaws.com",
    })),
    says: /resize-fn.*s3\.amazonaws\.com/,
  },
  {
    rule: "stream-failures-kept",
    what: "nowhere to put them",
    spoil: set(streamed, { destinationConfig: undefined }),
    says: /resize-trigger-mapping, which feeds resize-fn/,
  },
  {
    rule: "stream-poison-isolated",
    what: "tries without end",
    spoil: set(streamed, { maximumRetryAttempts: -1 }),
    says: /finite maximumRetryAttempts, received -1/,
  },
  {
    rule: "stream-poison-isolated",
    what: "a batch that fails as a whole",
    spoil: set(streamed, { functionResponseTypes: [], bisectBatchOnFunctionError: undefined }),
    says: /ReportBatchItemFailures/,
  },
  {
    rule: "stream-own-region",
    what: "changes of every Region",
    spoil: all(
      set("catalog-table", replica({})),
      set(streamed, {
        filterCriteria: { filters: [{ pattern: '{"dynamodb":{"NewImage":{"status":{"S":["accepted"]}}}}' }] },
      }),
    ),
    says: /resize-trigger-mapping to name a homeRegion/,
  },
  {
    rule: "stream-own-region",
    what: "the same changes twice",
    spoil: all(
      set("catalog-table", replica({})),
      add("aws:lambda/eventSourceMapping:EventSourceMapping", streamed, (of) => of(streamed)),
    ),
    says: /resize-trigger-mapping to take other pictures in each Region/,
  },
  {
    rule: "function-concurrency",
    what: "no limit on the API",
    spoil: set("api-fn", { reservedConcurrentExecutions: undefined }),
    says: /api-fn, which the public can call/,
  },
  {
    rule: "function-url-auth",
    what: "open to the world",
    spoil: set("front-url", { authorizationType: "NONE" }),
    says: /front-url, received NONE/,
  },
];
