import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { MailOptions, QuotaOptions } from "../../options.ts";
import { signInMail } from "../sign-in-mail.ts";
import type { Allowed } from "./allowed.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { fingerprintOf, hashOf, newCode } from "./secrets.ts";
import type { CommonDeps, Count, HonoEnv, Mail, People } from "./types.ts";

export interface SignInDeps extends CommonDeps {
  readonly siteUrl: string;
  readonly people: Pick<People, "keepCode">;
  readonly count: Count;
  readonly allowed: Allowed;
  readonly quotas: QuotaOptions;
  /** Null where no mail can be sent. */
  readonly mail: MailOptions | null;
  /** Gives up when the signal says so. */
  readonly send: (mail: Mail, signal: AbortSignal) => Promise<void>;
  /** Waits so many milliseconds. */
  readonly rest: (ms: number) => Promise<void>;
}

const hour = 3600;
const codeMinutes = 15;
/** Every answer takes as long, in milliseconds: sending a mail, or not, must not show in the time. */
export const evenly = 2500;
/** A mail has to be on its way by then, well within that. */
export const mailWithin = 2000;

// Who pastes an address may bring spaces along; anything else that is no address is refused.
const email = z
  .string()
  .max(254)
  .regex(/^\P{Cc}*$/u, "expected no control characters")
  .trim()
  .toLowerCase()
  .pipe(z.email("expected an e-mail address"));

const signIn = createRoute({
  method: "post",
  path: "/sign-in",
  summary: "Ask for a code by e-mail",
  description: "Answers the same whether or not the address may sign in.",
  security: [],
  request: { body: { required: true, content: { "application/json": { schema: z.object({ email }) } } } },
  responses: {
    202: {
      description: "A code is on its way, if the address may sign in",
      content: {
        "application/json": {
          schema: z.object({
            readAt: z.url().optional().openapi({ description: "Where the mails can be read, on a laptop" }),
          }),
        },
      },
    },
    ...problemsOf("BAD_EMAIL", "TOO_MANY", "NO_MAIL", ...whenSending),
  },
});

export const signInRoutes = ({ siteUrl, people, count, allowed, quotas, mail, send, rest, now, log }: SignInDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(
    signIn,
    async (c) => {
      if (mail === null)
        throw problem("NO_MAIL", "This stack has no mail set up, so nobody can sign in. Set darkroom:mail.");
      const startedAt = now().getTime();
      const { email } = c.req.valid("json");
      const asked = await count("codes-asked", c.var.network, hour);
      if (asked.count > quotas.codesPerIp) throw tooMany(asked.secondsLeft);

      const mailed = await count("codes-mailed", email, hour);
      const code = newCode();
      await people.keepCode(hashOf(code), { email, until: new Date(now().getTime() + codeMinutes * 60_000) });
      if (!allowed.maySignIn(email)) log("stranger", { who: fingerprintOf(email) });
      else if (mailed.count > quotas.codesPerAddress) log("enough codes", { who: fingerprintOf(email) });
      else await sendQuietly({ to: email, ...signInMail({ siteUrl, code, minutes: codeMinutes }) });

      await rest(Math.max(0, startedAt + evenly - now().getTime()));
      return c.json({ readAt: mail.readAt }, 202);

      /** A mail that cannot be sent would tell the address apart. The error's words may carry it. */
      async function sendQuietly(mail: Mail) {
        try {
          await send(mail, AbortSignal.timeout(Math.max(0, startedAt + mailWithin - now().getTime())));
          log("code sent", { who: fingerprintOf(email) });
        } catch (error) {
          log("code not sent", { who: fingerprintOf(email), error: error instanceof Error ? error.name : "unknown" });
        }
      }
    },
    invalid("BAD_EMAIL"),
  );

/** Too many tries within the hour. */
export const tooMany = (seconds: number) =>
  problem("TOO_MANY", `Expected fewer tries. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
    "retry-after": String(seconds),
  });
