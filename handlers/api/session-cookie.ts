import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

export interface SessionCookie {
  readonly name: string;
  /** The token that came, if one did. */
  readonly read: (c: Context) => string | undefined;
  readonly set: (c: Context, token: string, seconds: number) => void;
  readonly clear: (c: Context) => void;
}

/**
 * The cookie that keeps a person signed in. The `__Host-` prefix ties it to this host over HTTPS; a
 * laptop's page has no HTTPS, and so neither the prefix nor `Secure`.
 */
export function sessionCookie(siteUrl: string): SessionCookie {
  const secure = new URL(siteUrl).protocol === "https:";
  const name = secure ? "__Host-darkroom" : "darkroom";
  const options = { secure, httpOnly: true, sameSite: "Strict", path: "/" } as const;
  return {
    name,
    read: (c) => getCookie(c, name),
    set: (c, token, maxAge) => setCookie(c, name, token, { ...options, maxAge }),
    clear: (c) => void deleteCookie(c, name, options),
  };
}
