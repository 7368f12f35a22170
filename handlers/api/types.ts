import type { Log } from "../ports.ts";

/** Who asks: an operator, whom AWS has let in, or a person who signed in on the page. */
export type Caller = Operator | Person;

export interface Operator {
  readonly kind: "operator";
  /** The ARN that AWS vouches for. */
  readonly arn: string;
}

export interface Person {
  readonly kind: "person";
  /** In lower case. */
  readonly email: string;
  /** Whether they may decide about pictures in review, by the stack's settings of this moment. */
  readonly reviewer: boolean;
}

/** What Hono carries along with each request of the API: `new OpenAPIHono<HonoEnv>()`. */
export interface HonoEnv {
  Variables: {
    /** Undefined when nobody has signed in; ask for it by callers.ts. */
    caller: Caller | undefined;
    /** What to count a stranger's requests by: an IPv4 address, or the /64 of an IPv6 one. */
    network: string;
  };
}

/** Codes and sessions, each known by the SHA-256 of its secret, in hex. */
export interface People {
  keepCode(hash: string, code: { readonly email: string; readonly until: Date }): Promise<void>;
  /** Whose code it is, once: the code is gone with the answer. Undefined when unknown, used or past its time. */
  takeCode(hash: string): Promise<string | undefined>;
  keepSession(hash: string, session: { readonly email: string; readonly until: Date }): Promise<void>;
  /** Whose session it is. Undefined when unknown, ended or past its time. */
  session(hash: string): Promise<string | undefined>;
  endSession(hash: string): Promise<void>;
}

/**
 * Counts what somebody does within a window of so many seconds; windows begin at whole multiples of
 * them. `who` is kept as its SHA-256. Answers the sum, this time included.
 */
export type Count = (what: string, who: string, seconds: number, by?: number) => Promise<Counted>;

export interface Counted {
  readonly count: number;
  /** Until the window ends: what goes into `retry-after`. */
  readonly secondsLeft: number;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Which the HTML shows as `cid:<cid>`. @default none */
  readonly images?: readonly { readonly cid: string; readonly png: Buffer }[];
}

/** Every route family's share of the dependencies. */
export interface CommonDeps {
  readonly now: () => Date;
  readonly log: Log;
}
