import { behavioursOf, headersOf } from "../lib/distributions.ts";
import { together } from "../lib/rule.ts";

export const responseHeaders = together(
  {
    id: 52,
    name: "response-headers",
    level: "mandatory",
    known: "no public rule; OWASP's secure headers",
    checks: "Whatever a distribution answers carries CSP with frame-ancestors, nosniff, HSTS and a referrer policy.",
    why: "A picture that is taken for a page, or a page in another's frame, acts in a person's name.",
    mend: "give the behaviour a ResponseHeadersPolicy of this stack with all five.",
  },
  ["aws:cloudfront/distribution:Distribution"],
  (distribution, report, stack) => {
    for (const { path, property, behaviour } of behavioursOf(distribution)) {
      const policies = headersOf(stack, distribution, property, behaviour);
      if (policies.length === 0)
        report(
          `Expected ${path} of ${distribution.name} to have a ResponseHeadersPolicy of this stack, found none.`,
          path,
        );
      for (const { name, props } of policies)
        for (const [what, holds] of strict)
          if (!holds(props["securityHeadersConfig"] ?? {}))
            report(`Expected ${name}, for ${path} of ${distribution.name}, to send ${what}, found none.`, path);
    }
  },
);

interface Security {
  readonly contentSecurityPolicy?: { readonly contentSecurityPolicy?: string };
  readonly contentTypeOptions?: object;
  readonly strictTransportSecurity?: { readonly accessControlMaxAgeSec?: number };
  readonly referrerPolicy?: { readonly referrerPolicy?: string };
}

const strict: readonly (readonly [what: string, holds: (headers: Security) => boolean])[] = [
  ["a content security policy", (headers) => Boolean(headers.contentSecurityPolicy?.contentSecurityPolicy)],
  ["frame-ancestors", (headers) => /frame-ancestors/.test(headers.contentSecurityPolicy?.contentSecurityPolicy ?? "")],
  ["nosniff", (headers) => Boolean(headers.contentTypeOptions)],
  [
    "HSTS for half a year or more",
    (headers) => (headers.strictTransportSecurity?.accessControlMaxAgeSec ?? 0) >= 15_552_000,
  ],
  ["a referrer policy", (headers) => Boolean(headers.referrerPolicy?.referrerPolicy)],
];
