import type { PlainAnswer } from "../../http.ts";
import type { ResponseHeaders } from "./types.ts";

/**
 * The origin's headers with what the response headers policy takes away, adds or replaces.
 * `origin` is the viewer's `Origin` header: only who sends one is told who may read.
 */
export function withPolicy(
  answer: PlainAnswer,
  { securityHeadersConfig, customHeadersConfig, removeHeadersConfig, corsConfig }: ResponseHeaders,
  origin: string | undefined,
): PlainAnswer {
  const removed = (removeHeadersConfig?.items ?? []).map(({ header }) => header.toLowerCase());
  const own = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !removed.includes(name)));
  const policies = [
    ...securityHeaders(securityHeadersConfig),
    ...(customHeadersConfig?.items ?? []).map(({ header, value, override }) => ({
      name: header.toLowerCase(),
      value,
      override,
    })),
    ...(corsConfig && origin !== undefined ? corsHeaders(corsConfig, origin) : []),
  ];
  const added = policies.filter(({ name, override }) => override || own[name] === undefined);
  const headers = { ...own, ...Object.fromEntries(added.map(({ name, value }) => [name, value])) };
  return { ...answer, headers };
}

interface Policy {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

function securityHeaders(config: ResponseHeaders["securityHeadersConfig"] = {}): Policy[] {
  const {
    contentSecurityPolicy: csp,
    contentTypeOptions,
    frameOptions,
    referrerPolicy,
    strictTransportSecurity: hsts,
  } = config;
  const known: (Policy | undefined)[] = [
    csp && { ...csp, name: "content-security-policy", value: csp.contentSecurityPolicy },
    contentTypeOptions && { ...contentTypeOptions, name: "x-content-type-options", value: "nosniff" },
    frameOptions && { ...frameOptions, name: "x-frame-options", value: frameOptions.frameOption },
    referrerPolicy && { ...referrerPolicy, name: "referrer-policy", value: referrerPolicy.referrerPolicy },
    hsts && {
      ...hsts,
      name: "strict-transport-security",
      value: [
        `max-age=${hsts.accessControlMaxAgeSec}`,
        hsts.includeSubdomains && "includeSubDomains",
        hsts.preload && "preload",
      ]
        .filter(Boolean)
        .join("; "),
    },
  ];
  return known.filter((policy) => policy !== undefined);
}

function corsHeaders(config: NonNullable<ResponseHeaders["corsConfig"]>, origin: string): Policy[] {
  const origins = config.accessControlAllowOrigins.items ?? [];
  const any = origins.includes("*");
  if (!any && !origins.includes(origin)) return [];
  const list = ({ items = [] }: { readonly items?: readonly string[] } = {}) => items.join(", ");
  const values = {
    "access-control-allow-origin": any ? "*" : origin,
    "access-control-allow-credentials": config.accessControlAllowCredentials ? "true" : "",
    "access-control-allow-methods": list(config.accessControlAllowMethods),
    "access-control-allow-headers": list(config.accessControlAllowHeaders),
    "access-control-expose-headers": list(config.accessControlExposeHeaders),
    "access-control-max-age": config.accessControlMaxAgeSec === undefined ? "" : String(config.accessControlMaxAgeSec),
    vary: any ? "" : "Origin",
  };
  return Object.entries(values)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => ({ name, value, override: config.originOverride }));
}
