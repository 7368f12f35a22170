import type { PlainAnswer, PlainRequest } from "../../http.ts";

/** Shared by the parts of the laptop's CloudFront: a distribution as its resources say it. */

export interface DistributionConfig {
  /** What `/` stands for, such as `index.html`. */
  readonly rootObject?: string;
  /** In their order; the default behaviour, whose pattern is `*`, comes last. */
  readonly behaviours: readonly Behaviour[];
}

export interface Behaviour {
  /** Such as `/api/*`. */
  readonly pathPattern: string;
  readonly allowedMethods: readonly string[];
  readonly origin: Origin;
  /** Asked where the first origin answers with one of these statuses, and nothing was sent along. */
  readonly fallback?: { readonly origin: Origin; readonly statuses: readonly number[] };
  /** Of the cache policy and of the origin request policy: what either forwards is forwarded. */
  readonly forwards: readonly Forwards[];
  /** Undefined where the origin's headers are left as they are. */
  readonly responseHeaders?: ResponseHeaders;
}

export interface Origin {
  /** The origin sees it as its host. */
  readonly domainName: string;
  /** In front of every path. */
  readonly path: string;
  /** Headers that CloudFront adds to every request, in lower case. They win over the viewer's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: (request: PlainRequest) => Promise<PlainAnswer>;
}

export type Choice = "none" | "all" | { readonly only: readonly string[] } | { readonly allBut: readonly string[] };

/** What goes on to the origin of a viewer's request. Names of headers are in lower case. */
export interface Forwards {
  readonly headers: Choice;
  /** Headers that CloudFront itself makes. */
  readonly made: readonly string[];
  readonly cookies: Choice;
  readonly query: Choice;
}

/** As Pulumi's ResponseHeadersPolicy words it. */
export interface ResponseHeaders {
  readonly securityHeadersConfig?: {
    readonly contentSecurityPolicy?: Overriding & { readonly contentSecurityPolicy: string };
    readonly contentTypeOptions?: Overriding;
    readonly frameOptions?: Overriding & { readonly frameOption: string };
    readonly referrerPolicy?: Overriding & { readonly referrerPolicy: string };
    readonly strictTransportSecurity?: Overriding & {
      readonly accessControlMaxAgeSec: number;
      readonly includeSubdomains?: boolean;
      readonly preload?: boolean;
    };
  };
  readonly customHeadersConfig?: {
    readonly items?: readonly (Overriding & { readonly header: string; readonly value: string })[];
  };
  readonly removeHeadersConfig?: { readonly items?: readonly { readonly header: string }[] };
  readonly corsConfig?: {
    readonly originOverride: boolean;
    readonly accessControlAllowCredentials: boolean;
    readonly accessControlAllowOrigins: Items;
    readonly accessControlAllowMethods: Items;
    readonly accessControlAllowHeaders: Items;
    readonly accessControlExposeHeaders?: Items;
    readonly accessControlMaxAgeSec?: number;
  };
}

interface Overriding {
  /** Whether it takes the place of the origin's own. */
  readonly override: boolean;
}
interface Items {
  readonly items?: readonly string[];
}
