import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { problemsOf } from "./problems.ts";
import type { HonoEnv } from "./types.ts";

const health = createRoute({
  method: "get",
  path: "/health",
  summary: "Whether the API answers",
  security: [],
  responses: {
    200: {
      description: "It does",
      content: { "application/json": { schema: z.object({ status: z.literal("ok") }) } },
    },
    ...problemsOf(),
  },
});

export const healthRoutes = () =>
  new OpenAPIHono<HonoEnv>().openapi(health, (c) => c.json({ status: "ok" as const }, 200));
