import { readsStream } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const streamPoisonIsolated = alone(
  {
    id: 26,
    name: "stream-poison-isolated",
    level: "mandatory",
    known: "no public rule; Lambda's parameters for DynamoDB streams",
    checks:
      "Mappings report failures one by one; those of streams also bisect, and give up after a number of tries and a time.",
    why: "By default one record that cannot be worked on stops its shard for a day.",
    mend: "set functionResponseTypes, bisectBatchOnFunctionError, maximumRetryAttempts and maximumRecordAgeInSeconds.",
  },
  ["aws:lambda/eventSourceMapping:EventSourceMapping"],
  (mapping, report) => {
    const { name, props } = mapping;
    if (!props["functionResponseTypes"]?.includes("ReportBatchItemFailures"))
      report(`Expected ${name} to report failures one by one (ReportBatchItemFailures).`);
    if (!readsStream(mapping)) return;
    if (props["bisectBatchOnFunctionError"] !== true) report(`Expected ${name} to bisect a failing batch.`);
    for (const limit of ["maximumRetryAttempts", "maximumRecordAgeInSeconds"])
      if (!(props[limit] >= 0)) report(`Expected ${name} to have a finite ${limit}, received ${props[limit]}.`, limit);
  },
);
