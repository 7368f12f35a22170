import { consumersOf } from "../lib/bucket-events.ts";
import { grantsOf } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";
import { covers } from "../lib/statements.ts";

export const noLoop = together(
  {
    id: 13,
    name: "no-loop",
    level: "mandatory",
    known: "no public rule; AWS's guide on recursive patterns with S3",
    checks: "No function may write where a new object would wake it again.",
    why: "Each picture would make another, until the bill stops it.",
    mend: "write to another bucket, or let the notification's prefix and the written prefix have nothing in common.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    for (const { fn, prefix } of consumersOf(stack, bucket)) {
      const arn: string = bucket.props["arn"];
      for (const grant of grantsOf(stack, fn).filter((statement) => covers(statement, "s3:PutObject")))
        for (const resource of grant.resources)
          if (meet(resource, `${arn}/${prefix}`))
            report(`Expected ${fn.name} not to write where it is woken from, but it may write to ${resource}.`);
    }
  },
);

/** Whether a resource with wildcards may lie below a prefix. */
function meet(resource: string, prefix: string): boolean {
  const fixed = resource.split(/[*?$]/)[0] ?? "";
  return fixed.startsWith(prefix) || (fixed !== resource && prefix.startsWith(fixed));
}
