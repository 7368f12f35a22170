import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Catalog } from "../ports.ts";
import type { Status } from "../record.ts";
import { operator } from "./callers.ts";
import { problemsOf } from "./problems.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface StatusDeps extends Pick<CommonDeps, "now"> {
  readonly catalog: Pick<Catalog, "list">;
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
    const counts: Partial<Record<Status, number>> = {};
    let next: string | undefined;
    do {
      const page = await catalog.list({ limit: 200, next });
      for (const { status, enteredAt } of page.pictures)
        if (enteredAt >= oldest) counts[status] = (counts[status] ?? 0) + 1;
      next = page.next;
    } while (next !== undefined && next > oldest);
    return c.json({ counts }, 200);
  });
