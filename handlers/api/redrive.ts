import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { BadPlace } from "../bad-place.ts";
import { createRedrive, type RedriveDeps, type Redriven } from "../redrive.ts";
import { operator } from "./callers.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export type RedriveRouteDeps = RedriveDeps & CommonDeps;

const wanted = z.object({
  actor: z.string().max(50).optional().openapi({ description: "Who gave it up", example: "resize" }),
  reason: z
    .string()
    .max(50)
    .optional()
    .openapi({ description: "RETRIES_SPENT, TOO_OLD, STOOD_STILL; TOO_EXPENSIVE is only meant where it is named" }),
  pictureId: z.string().max(50).optional(),
  really: z.boolean().default(false).openapi({ description: "Do it, rather than say what would be done" }),
  next: z.string().max(2000).optional().openapi({ description: "Of the answer before" }),
});

const redriven = z.object({
  actor: z.string(),
  reason: z.string(),
  pictureId: z.string().optional(),
  outcome: z.enum(["woken", "queued", "moved-on", "dropped"]),
});

const redrive = createRoute({
  method: "post",
  path: "/redrive",
  summary: "Put back on its way what was given up",
  description:
    "For operators. Letters of the dead-letters bucket, messages of the dead-letter queues, pictures that stand still; a part at a time, until there is no `next`. Each part may be asked for twice.",
  security: [{ operator: [] }],
  request: jsonBody(wanted),
  responses: {
    200: json(z.object({ found: z.array(redriven).readonly(), next: z.string().optional() }), "A part of it"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "BAD_REDRIVE", "BAD_PAGE", ...whenSending),
  },
});

export const redriveRoutes = (deps: RedriveRouteDeps) => {
  const run = createRedrive(deps);
  return new OpenAPIHono<HonoEnv>().openapi(
    redrive,
    async (c) => {
      operator(c);
      const asked = c.req.valid("json");
      const answer = await run(asked).catch((error: unknown) => {
        if (error instanceof BadPlace) throw problem("BAD_PAGE", "Expected the `next` of an earlier answer.");
        throw error;
      });
      if (asked.really && answer.found.length > 0)
        deps.log("redriven", { actor: "redrive", ...countsOf(answer.found) });
      return c.json(answer, 200);
    },
    invalid("BAD_REDRIVE"),
  );
};

const countsOf = (found: readonly Redriven[]) =>
  Object.fromEntries([...Map.groupBy(found, ({ outcome }) => outcome)].map(([outcome, all]) => [outcome, all.length]));
