import { randomUUID } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { DigestCall } from "../digest/digest.ts";
import { operator } from "./callers.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface DigestRouteDeps extends Pick<CommonDeps, "log"> {
  /** Wakes the digest; undefined where the stack mails none. */
  readonly wakeDigest?: (call: DigestCall) => Promise<void>;
}

const day = z.enum(["last", "today"]);

const digest = createRoute({
  method: "post",
  path: "/digest",
  summary: "Mail the figures of a day now",
  description:
    "For operators. `last` is the day that ended last, once more; `today` is the one that has begun, as far as it went. To those that the stack's settings name.",
  security: [{ operator: [] }],
  request: jsonBody(z.object({ day })),
  responses: {
    202: json(z.object({ day }), "It is on its way"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "NO_DIGEST", ...whenSending),
  },
});

export const digestRoutes = ({ wakeDigest, log }: DigestRouteDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(
    digest,
    async (c) => {
      operator(c);
      const { day } = c.req.valid("json");
      if (wakeDigest === undefined)
        throw problem("NO_DIGEST", "Expected a stack that mails a digest, but darkroom:digest is not set.");
      const asked = randomUUID();
      await wakeDigest({ day, asked });
      log("digest asked for", { day, asked });
      return c.json({ day }, 202);
    },
    invalid("BAD_REQUEST"),
  );
