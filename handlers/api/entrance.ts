import type { MiddlewareHandler } from "hono";
import type { Allowed } from "./allowed.ts";
import { networkOf } from "./network.ts";
import { problem } from "./problems.ts";
import { hashOf, sameSecret } from "./secrets.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { Caller, HonoEnv, People } from "./types.ts";

export interface EntranceDeps {
  /** Address of the page, without a slash at the end. */
  readonly siteUrl: string;
  /** What the page's distribution says, and nobody else can. */
  readonly doorSecret: string;
  /** The ARN that AWS vouches for, from what the host hands over beside the request. */
  readonly operatorOf: (bindings: unknown) => string | undefined;
  readonly people: Pick<People, "session">;
  readonly allowed: Allowed;
  readonly cookie: SessionCookie;
}

/**
 * Finds out who calls. AWS vouches for operators. Everybody else must have come through the page's
 * distribution, whose word on the viewer's address can then be trusted; and what changes something
 * must have been sent by the page itself.
 */
export function entrance(deps: EntranceDeps): MiddlewareHandler<HonoEnv> {
  const { operatorOf, doorSecret, people, allowed, cookie } = deps;
  const origin = new URL(deps.siteUrl).origin;

  async function personOf(token: string | undefined): Promise<Caller | undefined> {
    const email = token === undefined ? undefined : await people.session(hashOf(token));
    // The settings may have changed since: a session alone opens nothing.
    if (email === undefined || !allowed.maySignIn(email)) return undefined;
    return { kind: "person", email, reviewer: allowed.mayReview(email) };
  }

  return async (c, next) => {
    const arn = operatorOf(c.env);
    if (arn !== undefined) {
      c.set("caller", { kind: "operator", arn });
      c.set("network", arn);
      return next();
    }
    c.set("network", networkOf(c.req.header("cloudfront-viewer-address") ?? ""));
    if (!sameSecret(c.req.header("x-darkroom-door") ?? "", doorSecret))
      throw problem(
        "NOT_BY_THE_DOOR",
        `Expected a request through ${origin}, or one signed with AWS credentials at the stack's apiUrl.`,
      );
    if (!["GET", "HEAD"].includes(c.req.method) && c.req.header("origin") !== origin)
      throw problem("OTHER_ORIGIN", `Expected a change to be sent by a page of ${origin}.`);
    c.set("caller", await personOf(cookie.read(c)));
    await next();
  };
}
