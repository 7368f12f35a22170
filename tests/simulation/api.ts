import { OpenAPIHono } from "@hono/zod-openapi";
import { Problem } from "../../handlers/api/problems.ts";
import { type RestoreRouteDeps, restoreRoutes } from "../../handlers/api/restore.ts";
import { type ReviewDeps, reviewRoutes } from "../../handlers/api/reviews.ts";
import type { HonoEnv } from "../../handlers/api/types.ts";

/** Asks the API's own routes as an operator. A refusal is an answer; any other trouble is thrown, to be asked again. */
export async function ask(deps: ReviewDeps & RestoreRouteDeps, path: string, body: object): Promise<void> {
  const api = new OpenAPIHono<HonoEnv>();
  api.use(async (c, next) => {
    c.set("caller", { kind: "operator", arn: "arn:aws:iam::111122223333:user/olga" });
    await next();
  });
  for (const family of [reviewRoutes(deps), restoreRoutes(deps)]) api.route("/api", family);
  let trouble: unknown;
  api.onError((error, c) => {
    if (!(error instanceof Problem)) trouble = error;
    else if (error.code === "BUSY") trouble = new Error("BUSY");
    return c.body(null, 400);
  });
  await api.request(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (trouble !== undefined) throw trouble;
}
