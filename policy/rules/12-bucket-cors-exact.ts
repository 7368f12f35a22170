import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
}

export const bucketCorsExact = alone(
  {
    id: 12,
    name: "bucket-cors-exact",
    level: "mandatory",
    known: "no public rule; AWS's guide on uploads from browsers",
    checks: "Cross-origin rules of buckets name exact origins, headers one by one, and the methods PUT and POST alone.",
    why: "Any page that a person has open could send or read in their name.",
    mend: "name each origin and header in full; write down why another method is needed.",
  },
  ["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"],
  ({ name, props }, report) => {
    for (const rule of listOf<CorsRule>(props["corsRules"])) {
      for (const header of rule.allowedHeaders ?? [])
        if (header.includes("*")) report(`Expected ${name} to name its headers in full, received ${header}.`, header);
      for (const method of rule.allowedMethods)
        if (!["PUT", "POST"].includes(method))
          report(`Expected ${name} to allow PUT and POST, received ${method}.`, method);
      for (const origin of rule.allowedOrigins)
        if (origin.includes("*")) report(`Expected ${name} to name its origins in full, received ${origin}.`, origin);
    }
  },
);
