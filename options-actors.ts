import { z } from "zod";

/** Lambda's managed runtimes that it keeps for a year at least; the policy pack lets no other through. */
const runtimes = [
  "nodejs24.x",
  "nodejs22.x",
  "python3.14",
  "python3.13",
  "java25",
  "java21",
  "dotnet10",
  "ruby3.4",
  "provided.al2023",
] as const;

/** Variables that Lambda or the actor's component sets. */
const taken = /^(AWS_|LAMBDA_|_|CATALOG_TABLE$|ENVIRONMENT$|ATTRIBUTE$|WORKING_BUCKET$|PUBLISHED_BUCKET$)/;

/** Actors that a stack adds to ours. */
export const actorsOptions = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "expected small letters and digits, in words with - between"),
      /** Folder that is deployed as it is, from the project's root. */
      code: z.string().min(1),
      runtime: z.enum(runtimes),
      /** What the runtime calls, such as `handler.handle`. */
      handler: z.string().max(128).regex(/^\S+$/, "expected what Lambda calls, such as handler.handle"),
      /** The status that wakes it. */
      on: z.enum(["received", "duplicate", "rejected", "review", "accepted", "resized", "compressed", "published"]),
      /** Seconds. */
      timeout: z.int().min(1).max(900).default(30),
      /** MB. */
      memory: z.int().min(128).max(10_240).default(256),
      architecture: z.enum(["arm64", "x86_64"]).default("arm64"),
      /** What of a picture's bytes it may read. */
      reads: z
        .array(z.enum(["originals", "resized", "compressed", "published"]))
        .default([])
        .transform((reads) => [...new Set(reads)]),
      environment: z
        .record(
          z
            .string()
            .regex(/^[a-zA-Z]\w+$/, "expected a name of letters, digits and underscores")
            .refine((name) => !taken.test(name), "Lambda or Darkroom sets this variable itself"),
          z.string(),
        )
        .default({}),
    }),
  )
  .default([]);
