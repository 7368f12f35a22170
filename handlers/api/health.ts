import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Health } from "../regions/health.ts";
import type { HonoEnv } from "./types.ts";

export interface HealthRouteDeps {
  readonly health: () => Promise<Health>;
}

const part = z.enum(["ok", "failing"]);
const shape = z.object({
  status: z
    .enum(["ok", "failing", "out"])
    .openapi({ description: "`out` where an operator took this Region out of service" }),
  parts: z.record(z.string(), part).openapi({ example: { table: "ok", bucket: "ok", queue: "ok" } }),
});
const content = { "application/json": { schema: shape } };

const route = createRoute({
  method: "get",
  path: "/health",
  summary:
    "Whether this Region can take pictures in: its table, its bucket and its queue, asked within the last seconds",
  security: [],
  responses: {
    200: { description: "It can", content },
    503: { description: "It cannot, or is not to", content },
  },
});

export const healthRoutes = ({ health }: HealthRouteDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(route, async (c) => {
    const found = await health();
    return c.json(found, found.status === "ok" ? 200 : 503);
  });
