import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Catalog } from "../ports.ts";
import { operator } from "./callers.ts";
import { problemsOf } from "./problems.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface StatusDeps extends Pick<CommonDeps, "now"> {
  readonly catalog: Pick<Catalog, "tally">;
}

const status = createRoute({
  method: "get",
  path: "/status",
  summary: "How many pictures of the last 31 days stand where",
  description: "For operators.",
  security: [{ operator: [] }],
  responses: {
    200: {
      description: "Counts by status",
      content: { "application/json": { schema: z.object({ counts: z.record(z.string(), z.int()) }) } },
    },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

export const statusRoutes = ({ catalog, now }: StatusDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(status, async (c) => {
    operator(c);
    const oldest = new Date(now().getTime() - 31 * 24 * 3600_000).toISOString();
    return c.json({ counts: await catalog.tally(oldest) }, 200);
  });
