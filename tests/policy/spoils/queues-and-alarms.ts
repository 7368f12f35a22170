import { add, policy, type Spoil, type Statement, set, without } from "../spoil.ts";

const withoutDeny = (statements: Statement[]) => statements.filter(({ Effect }) => Effect !== "Deny");
const unbound = (statements: Statement[]) => statements.map(({ Condition: _, ...statement }) => statement);
const open = (statements: Statement[]) =>
  unbound(statements).map((statement) => (statement.Effect === "Allow" ? { ...statement, Principal: "*" } : statement));

export const queueAndAlarmSpoils: readonly Spoil[] = [
  {
    rule: "queue-visibility",
    what: "a message that comes back too soon",
    spoil: set("intake-queue", { visibilityTimeoutSeconds: 359 }),
    says: /intake-queue to hide a message for 360 s, because of ingest-fn, received 359 s/,
  },
  {
    rule: "topic-encryption",
    what: "a topic without a key and without a reason",
    spoil: add("aws:sns/topic:Topic", "news", { arn: "arn:aws:sns:eu-west-1:000000000000:news" }),
    says: /kmsMasterKeyId for news/,
  },
  {
    rule: "topic-tls-only",
    what: "plain text",
    spoil: policy("alarms-policy", withoutDeny),
    says: /alarms-topic to deny sns:Publish/,
  },
  {
    rule: "topic-tls-only",
    what: "a topic with a key but no policy, which cdk-nag lets pass",
    spoil: add("aws:sns/topic:Topic", "news", { arn: "arn:news", kmsMasterKeyId: "alias/news" }),
    says: /policy of news/,
  },
  {
    rule: "topic-not-public",
    what: "everybody",
    spoil: policy("alarms-policy", open),
    says: /alarms-policy to name who may sns:Publish/,
  },
  {
    rule: "topic-not-public",
    what: "a service for any account",
    spoil: policy("alarms-policy", unbound),
    says: /bind cloudwatch.amazonaws.com to an aws:SourceAccount/,
  },
  {
    rule: "subscription-dead-letters",
    what: "none",
    spoil: set("alarms-email", { redrivePolicy: undefined }),
    says: /redrivePolicy for alarms-email/,
  },
  {
    rule: "queue-encryption",
    what: "nothing stated, which cdk-nag lets pass",
    spoil: set("intake-queue", { sqsManagedSseEnabled: undefined }),
    says: /intake-queue to state an encryption/,
  },
  {
    rule: "queue-tls-only",
    what: "plain text",
    spoil: policy("intake-policy", withoutDeny),
    says: /intake-queue to deny sqs:\*/,
  },
  { rule: "queue-tls-only", what: "no policy", spoil: without("intake-policy"), says: /intake-queue to deny sqs:\*/ },
  {
    rule: "queue-not-public",
    what: "everybody",
    spoil: policy("intake-policy", open),
    says: /intake-policy to name who may sqs:SendMessage/,
  },
  {
    rule: "queue-not-public",
    what: "a service for any account",
    spoil: policy("intake-policy", unbound),
    says: /bind events.amazonaws.com/,
  },
  {
    rule: "queue-dead-letters",
    what: "none",
    spoil: set("intake-queue", { redrivePolicy: undefined }),
    says: /intake-queue to have a redrivePolicy/,
  },
  {
    rule: "dead-letters-watched",
    what: "four days",
    spoil: set("intake-dead-letters-queue", { messageRetentionSeconds: 345_600 }),
    says: /1209600 s, received 345600 s/,
  },
  {
    rule: "dead-letters-watched",
    what: "no alarm",
    spoil: without("intake-dead-letters-waiting"),
    says: /first message in intake-dead-letters-queue/,
  },
  {
    rule: "log-retention",
    what: "a log that never ends",
    spoil: set("resize-logs", { retentionInDays: undefined }),
    says: /resize-logs to have retentionInDays/,
  },
  {
    rule: "log-retention",
    what: "a function that makes its own",
    spoil: set("resize-fn", { loggingConfig: { logFormat: "JSON" } }),
    says: /resize-fn to log to a LogGroup of this stack/,
  },
  {
    rule: "log-encryption",
    what: "a log without a key and without a reason",
    spoil: add("aws:cloudwatch/logGroup:LogGroup", "diary", { retentionInDays: 1 }),
    says: /kmsKeyId for diary/,
  },
  {
    rule: "alarms-with-actions",
    what: "an alarm that tells nobody",
    spoil: set("resize-errors", { alarmActions: [] }),
    says: /resize-errors to have alarmActions/,
  },
  ...Object.entries({
    "Errors of resize-fn": ["resize-errors"],
    "Throttles of resize-fn": ["resize-throttles"],
    "IteratorAge of resize-fn": ["resize-trigger-behind", "resize-trigger-expiring"],
    "AsyncEventsDropped of digest-fn": ["digest-dropped"],
  }).map(([about, alarms]) => ({
    rule: "alarms-with-actions",
    what: `without ${alarms.join(" and ")}`,
    spoil: without(...alarms),
    says: new RegExp(`an alarm on ${about}`),
  })),
  {
    rule: "alarms-with-actions",
    what: "replicas that may fall behind unheard",
    spoil: set("catalog-table", { replicas: [{ regionName: "eu-central-1" }] }),
    says: /ReplicationLatency of catalog-table/,
  },
];
