import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Catalog } from "../ports.ts";
import { operator } from "./callers.ts";
import { type CostDeps, costs } from "./costs.ts";
import { problemsOf } from "./problems.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface StatusDeps extends Pick<CommonDeps, "now">, CostDeps {
  readonly catalog: Pick<Catalog, "tally">;
}

const status = createRoute({
  method: "get",
  path: "/status",
  summary: "How many pictures of the last 31 days stand where, and what was spent this month",
  description: "For operators.",
  security: [{ operator: [] }],
  responses: {
    200: {
      description: "Counts by status, and costs by provider",
      content: { "application/json": { schema: z.object({ counts: z.record(z.string(), z.int()), costs }) } },
    },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

export const statusRoutes = ({ catalog, spending, now }: StatusDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(status, async (c) => {
    operator(c);
    const oldest = new Date(now().getTime() - 31 * 24 * 3600_000).toISOString();
    return c.json({ counts: await catalog.tally(oldest), costs: [...(await spending(now()))] }, 200);
  });
