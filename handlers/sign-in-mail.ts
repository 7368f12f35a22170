import { html } from "hono/html";

export interface SignInMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The mail with a code. The link only opens the page, which asks for a press: mail scanners follow
 * links, and would otherwise use the code up.
 */
export function signInMail({
  siteUrl,
  code,
  minutes,
}: {
  readonly siteUrl: string;
  readonly code: string;
  readonly minutes: number;
}): SignInMail {
  const { host } = new URL(siteUrl);
  const link = `${siteUrl}/#sign-in=${code}`;
  // Easier on the eye; the page takes it with or without dashes.
  const shown = code.match(/.{1,4}/g)!.join("-");
  const words = {
    greeting: `Somebody, probably you, asked to sign in to Darkroom at ${host}.`,
    open: "Open this link and press “Sign in”:",
    or: "Or paste this code into the page:",
    life: `It works once, and for ${minutes} minutes.`,
    notYou: "If it was not you, leave this mail alone: without the code nobody gets in.",
  };
  const { greeting, open, or, life, notYou } = words;
  return {
    subject: `Sign in to Darkroom at ${host}`,
    text: [greeting, `${open}\n${link}`, `${or}\n${shown}`, `${life} ${notYou}`, ""].join("\n\n"),
    html: String(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in to Darkroom</title></head>
<body style="margin:0;padding:32px 16px;background:#f5f1ec;color:#241d19;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fffdfa;border-radius:14px">
<p style="margin:0 0 24px">${greeting}</p>
<p style="margin:0 0 24px"><a href="${link}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:#b03c17;color:#ffffff;text-decoration:none">Sign in</a></p>
<p style="margin:0 0 8px">${or}</p>
<p style="margin:0 0 24px;font:16px/1.5 ui-monospace,monospace;overflow-wrap:anywhere">${shown}</p>
<p style="margin:0;color:#695d55;font-size:14px">${life} ${notYou}</p>
</div>
</body>
</html>
`),
  };
}
