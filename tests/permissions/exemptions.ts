/** Grants that no host of the tests uses, each with the reason why it is there all the same. */
export interface Exemption {
  readonly owners: RegExp;
  readonly actions: readonly string[];
  /** @default whatever it is granted on */
  readonly resources?: RegExp;
  /** Why no host uses it, and who does. */
  readonly reason: string;
  /** A host may use it or not, as the moments fall or as a browser is there: being used does not make this needless. */
  readonly byChance?: true;
}

export const exemptions: readonly Exemption[] = [
  // What AWS does itself in a role, where this machine has another way.
  {
    owners: /./,
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    reason: "Lambda itself writes what a function prints; the laptop reads its output.",
  },
  {
    owners: /./,
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    reason: "Lambda itself sends the traces; the laptop has none.",
  },
  {
    owners: /-copies-role$/,
    actions: ["s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:ReplicateTags"],
    reason: "S3 itself reads and copies them with each object; the laptop's objects have neither ACLs nor tags.",
  },
  {
    owners: /^(?!api$)/,
    actions: ["s3:ListBucket"],
    resources: /^dead-letters-bucket$/,
    reason: "Lambda asks for it before it writes what failed there; the laptop writes without asking.",
  },
  {
    owners: /^forget$/,
    actions: ["s3:DeleteObject"],
    resources: /(archived|published|quarantine|working)-bucket/,
    reason: "S3 asks for it beside s3:DeleteObjectVersion when many versions are deleted at once; the laptop does not.",
  },

  // What happens only when something breaks that no host test breaks.
  {
    owners: /-caller$/,
    actions: ["sqs:SendMessage"],
    reason: "The Scheduler sends what it could not deliver; the laptop's always reaches its function.",
  },
  {
    owners: /^(digest|export|pull|reconcile)$/,
    actions: ["s3:PutObject"],
    resources: /^dead-letters-bucket/,
    reason: "A call that failed for hours is put aside; no host runs for so long.",
    byChance: true,
  },
  {
    owners: /^(pull|discover|export)$/,
    actions: ["s3:AbortMultipartUpload"],
    reason: "An upload in parts breaks off in the middle; no host breaks one off.",
  },
  {
    owners: /^digest-caller$/,
    actions: ["lambda:InvokeFunction"],
    reason: "The time of day comes once a day: tests/host/schedules.test.ts, by a clock of its own.",
    byChance: true,
  },
  {
    owners: /^(moderate|resize|compress|archive)$/,
    actions: ["dynamodb:PutItem"],
    resources: /^catalog-table$/,
    reason:
      "The reminder of a picture refused this late, or of one that is archived later: tests/handlers/reminders.test.ts.",
    byChance: true,
  },
  {
    owners: /^digest$/,
    actions: ["dynamodb:DeleteItem"],
    reason: "A mail that could not be sent gives its claim back: tests/handlers/digest-claims.test.ts.",
  },
  {
    owners: /^export$/,
    actions: ["dynamodb:DeleteItem"],
    reason:
      "A mark of what was forgotten goes once its day is written without it: tests/handlers/export-marks.test.ts.",
  },
  {
    owners: /^(archive|restore|write-back)$/,
    actions: ["s3:ListBucket"],
    resources: /^(working|archived|published)-bucket$/,
    reason: "Without it S3 says forbidden, not missing, of an object that is gone when it comes late.",
    byChance: true,
  },
  {
    owners: /^(ingest|api)$/,
    actions: ["s3:ListBucket"],
    resources: /^(incoming|exports)-bucket$/,
    reason: "Without it S3 says forbidden, not missing, of an object that is gone already.",
    byChance: true,
  },
  {
    owners: /^ingest$/,
    actions: ["dynamodb:DeleteItem"],
    reason: "The claim on a content whose first picture was forgotten meanwhile; no host forgets at that moment.",
    byChance: true,
  },
  {
    owners: /^reconcile$/,
    actions: ["s3:GetObject"],
    reason: "What it lists may be gone or changed when it looks again: tests/handlers/reconcile.test.ts.",
    byChance: true,
  },

  // What tests of their own go through step by step.
  {
    owners: /^forget$/,
    actions: ["dynamodb:UpdateItem"],
    reason: "An actor that came late has the round go once more: tests/handlers/forget-races.test.ts.",
    byChance: true,
  },
  {
    owners: /^forget$/,
    actions: ["s3:GetObject", "s3:ListBucket"],
    resources: /incoming-bucket/,
    reason: "A key that a source chose is looked at before its object is deleted; the hosts forget uploads alone.",
    byChance: true,
  },
  {
    owners: /^forget$/,
    actions: ["s3:DeleteObjectVersion"],
    resources: /^quarantine-bucket/,
    reason: "No host forgets a refused picture. A step in tests/host would take this away.",
  },
  {
    owners: /^forget$/,
    actions: ["dynamodb:GetItem", "s3:ListBucketVersions", "s3:DeleteObjectVersion", "s3:DeleteObject"],
    resources: /^elsewhere: /,
    reason: "No host of two Regions forgets a picture. A step in tests/host/regions.test.ts would take this away.",
  },
  {
    owners: /^api$/,
    actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
    resources: /^elsewhere: catalog-table$/,
    reason: "Somebody acts on a picture at a Region that is not its own; no host's operator does.",
    byChance: true,
  },
  {
    owners: /^api$/,
    actions: ["s3:GetObject", "s3:DeleteObject", "s3:ListBucket"],
    resources: /^elsewhere: working-bucket/,
    reason:
      "A reviewer looks at a picture at home in another Region: tests/handlers/api-reviews.test.ts. No host of two Regions has one in review.",
  },
  {
    owners: /^api$/,
    actions: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
    reason: "The page goes on with an upload in parts, or gives it up: tests/browser, where there is a browser.",
    byChance: true,
  },
  {
    owners: /^api$/,
    actions: ["s3:GetObject", "s3:DeleteObject"],
    resources: /^working-bucket\/previews/,
    reason:
      "A reviewer looks and decides: tests/handlers/api-reviews.test.ts, and tests/browser, where there is a browser.",
    byChance: true,
  },
  {
    owners: /^api$/,
    actions: ["sqs:GetQueueAttributes"],
    resources: /^intake-queue$/,
    reason: "Asked of each Region when it says whether it is well; no host asks for that.",
    byChance: true,
  },
  {
    owners: /^api$/,
    actions: ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
    resources: /dead-letters-queue$/,
    reason: "Each queue is redriven in the same way; the hosts put aside and redrive what some of them hold.",
    byChance: true,
  },
  {
    owners: /^api$/,
    actions: ["sqs:SendMessage"],
    resources: /^(pull-files|thawed)-queue$/,
    reason: "As the line above: the message goes back to the queue that it came from.",
    byChance: true,
  },
];
