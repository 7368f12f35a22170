import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { LimitOptions, QuotaOptions } from "../../options.ts";
import type { Allowed } from "./allowed.ts";
import { person } from "./callers.ts";
import { invalid, problem, problemsOf, whenChanging, whenSending } from "./problems.ts";
import { fingerprintOf, hashOf, newToken, readCode } from "./secrets.ts";
import type { SessionCookie } from "./session-cookie.ts";
import { tooMany } from "./sign-in.ts";
import type { CommonDeps, Count, HonoEnv, People } from "./types.ts";

export interface SessionDeps extends CommonDeps {
  readonly people: Pick<People, "takeCode" | "keepSession" | "endSession">;
  readonly count: Count;
  readonly allowed: Allowed;
  readonly quotas: QuotaOptions;
  readonly limits: Pick<LimitOptions, "maxBytes">;
  readonly cookie: SessionCookie;
}

const days30 = 30 * 24 * 3600;
const who = z.object({ email: z.string(), reviewer: z.boolean() });

const signedIn = createRoute({
  method: "post",
  path: "/sessions",
  summary: "Sign in by the code that was mailed",
  description: "A code works once. A wrong, a used and an expired one are answered alike.",
  security: [],
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ code: z.string().max(200) }) } },
    },
  },
  responses: {
    201: { description: "Signed in for 30 days, by a cookie", content: { "application/json": { schema: who } } },
    ...problemsOf("BAD_CODE", "TOO_MANY", ...whenSending),
  },
});

const session = createRoute({
  method: "get",
  path: "/session",
  summary: "Who is signed in",
  security: [{ session: [] }],
  responses: {
    200: {
      description: "The person, and what is taken from them",
      content: {
        "application/json": { schema: who.extend({ limits: z.object({ maxBytes: z.int() }) }) },
      },
    },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

const signOut = createRoute({
  method: "delete",
  path: "/session",
  summary: "Sign out",
  security: [{ session: [] }],
  responses: {
    204: { description: "Signed out" },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", ...whenChanging),
  },
});

export const sessionRoutes = ({ people, count, allowed, quotas, limits, cookie, now, log }: SessionDeps) =>
  new OpenAPIHono<HonoEnv>()
    .openapi(
      signedIn,
      async (c) => {
        const tried = await count("codes-tried", c.var.network, 3600);
        if (tried.count > quotas.codesPerIp) throw tooMany(tried.secondsLeft);
        const code = readCode(c.req.valid("json").code);
        const email = code === undefined ? undefined : await people.takeCode(hashOf(code));
        if (email === undefined || !allowed.maySignIn(email))
          throw problem(
            "BAD_CODE",
            "This code does not work: it was mistyped, used before or is too old. Ask for a new one.",
          );
        const token = newToken();
        await people.keepSession(hashOf(token), { email, until: new Date(now().getTime() + days30 * 1000) });
        cookie.set(c, token, days30);
        log("signed in", { who: fingerprintOf(email) });
        return c.json({ email, reviewer: allowed.mayReview(email) }, 201);
      },
      invalid("BAD_CODE"),
    )
    .openapi(session, (c) => {
      const { email, reviewer } = person(c);
      return c.json({ email, reviewer, limits: { maxBytes: limits.maxBytes } }, 200);
    })
    .openapi(signOut, async (c) => {
      const { email } = person(c);
      await people.endSession(hashOf(cookie.read(c) ?? ""));
      cookie.clear(c);
      log("signed out", { who: fingerprintOf(email) });
      return c.body(null, 204);
    });
