import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { type Kept, type Named, standingOf } from "../standing.ts";
import { staff } from "./callers.ts";
import { problemsOf } from "./problems.ts";
import { json } from "./shapes.ts";
import type { HonoEnv } from "./types.ts";

export interface SourceDeps {
  /** In the order of the stack's config. */
  readonly sources: readonly Named[];
  /** What the ledger of a source keeps. */
  readonly standing: (name: string) => Promise<Kept>;
}

const time = z.string().openapi({ format: "date-time" });
const counts = z
  .record(z.string(), z.int())
  .openapi({ description: "Files by the reason for which they were left out" });
const trouble = z.object({ code: z.string(), sentence: z.string(), at: time });

const standing = z
  .object({
    name: z.string(),
    kind: z.string(),
    every: z.string().openapi({ description: "Time between two looks", example: "5 minutes" }),
    lastPollAt: time.optional(),
    lastWellAt: time.optional().openapi({ description: "When a look last ended well" }),
    cursorMovedAt: time.optional(),
    nextPollAt: time.optional(),
    taken: z.int(),
    skipped: counts,
    lastSkipped: counts,
    failed: z.int(),
    deleted: z.int().openapi({ description: "Deleted at the source; pictures that were taken stay" }),
    writtenBack: z.int().openapi({ description: "Pictures whose results were written back" }),
    lastFailure: trouble.optional(),
    trouble: z
      .object({
        code: z.string(),
        sentence: z.string(),
        since: time,
        needsPerson: z.boolean().openapi({ description: "It lasts until somebody mends it" }),
      })
      .optional(),
    hook: z.object({ expiresAt: time.optional(), trouble: trouble.optional() }).optional(),
  })
  .openapi("SourceStanding");

const sourcesRoute = createRoute({
  method: "get",
  path: "/sources",
  summary: "How each source stands",
  description: "For reviewers. Numbers are counted since the source's first look.",
  responses: {
    200: json(z.object({ sources: z.array(standing) }), "All of them"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

export const sourceRoutes = ({ sources, standing: standingIn }: SourceDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(sourcesRoute, async (c) => {
    staff(c);
    const all = sources.map(async (source) => standingOf(source, await standingIn(source.name)));
    return c.json({ sources: await Promise.all(all) }, 200);
  });
