import { z } from "@hono/zod-openapi";
import type { Context } from "hono";

/** Every refusal of the API: the code to branch on, its HTTP status and its title. */
export const problems = {
  BAD_REQUEST: { status: 400, title: "The request is not as expected" },
  BAD_JSON: { status: 400, title: "The body is not JSON" },
  BAD_EMAIL: { status: 400, title: "Not an e-mail address" },
  BAD_LIMIT: { status: 400, title: "Not a limit" },
  BAD_PAGE: { status: 400, title: "Not a page" },
  BAD_FILES: { status: 400, title: "Not a list of files" },
  BAD_STEP: { status: 400, title: "Not a step of an upload" },
  BAD_REDRIVE: { status: 400, title: "Not something to redrive" },
  BAD_RESTORE: { status: 400, title: "Not a wish to have an original back" },
  BAD_REGION: { status: 400, title: "Not something to say of a Region" },
  BAD_REVIEW: { status: 400, title: "Not a review" },
  SIGN_IN_FIRST: { status: 401, title: "Sign in first" },
  BAD_CODE: { status: 403, title: "This code does not work" },
  NOT_BY_THE_DOOR: { status: 403, title: "Not by the front door" },
  OTHER_ORIGIN: { status: 403, title: "Sent from another page" },
  NOT_ALLOWED: { status: 403, title: "Not allowed" },
  NO_ROUTE: { status: 404, title: "Nothing here" },
  NO_PICTURE: { status: 404, title: "No such picture" },
  NO_PREVIEW: { status: 404, title: "No preview" },
  PREVIEW_AWAY: { status: 404, title: "The preview is out of reach" },
  NO_REGION: { status: 404, title: "No such Region" },
  NO_EXPORT: { status: 404, title: "No such export" },
  NO_UPLOAD: { status: 404, title: "No such upload" },
  NOT_PUBLISHED: { status: 409, title: "Not published" },
  EXPORTS_OFF: { status: 409, title: "Nothing is exported" },
  NO_DIGEST: { status: 409, title: "No digest is mailed" },
  NOT_ARCHIVED: { status: 409, title: "Not in the archive" },
  NOT_SO_FAST: { status: 409, title: "Not that fast" },
  NOT_IN_REVIEW: { status: 409, title: "Not in review" },
  OWN_REGION: { status: 409, title: "Not by its own API" },
  LAST_REGION: { status: 409, title: "No Region would be left" },
  NOT_AGREED: { status: 409, title: "The Region has not heard" },
  BUSY: { status: 409, title: "Changed meanwhile" },
  // No fault to be woken by: the stack was set up so.
  NO_MAIL: { status: 409, title: "No mail can be sent" },
  BODY_TOO_LARGE: { status: 413, title: "The body is too large" },
  NOT_JSON: { status: 415, title: "The body is not declared as JSON" },
  TOO_MANY: { status: 429, title: "Too many tries" },
  QUOTA_SPENT: { status: 429, title: "Enough for today" },
  UNEXPECTED: { status: 500, title: "Something went wrong" },
} as const;

export type ProblemCode = keyof typeof problems;

/** Thrown by a route, answered as problem+json by the app. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.code = code;
    this.headers = headers;
  }
}

/** `throw problem("NO_PICTURE", "There is no picture 7.")`: the detail is a whole sentence for a person. */
export const problem = (code: ProblemCode, detail: string, headers?: Readonly<Record<string, string>>) =>
  new Problem(code, detail, headers);

/** RFC 9457. */
export function answerProblem(c: Context, { code, message, headers }: Problem): Response {
  const { status, title } = problems[code];
  return c.body(JSON.stringify({ type: "about:blank", title, status, detail: message, code }), status, {
    "content-type": "application/problem+json",
    ...headers,
  });
}

/** A route's hook that answers every problem zod has with its request, under one code. */
export const invalid =
  (code: ProblemCode) =>
  (result: { success: true } | { success: false; error: z.ZodError }): undefined => {
    if (!result.success) throw problem(code, sentenceOf(result.error));
  };

const sentenceOf = (error: z.ZodError): string =>
  `The request is not as expected. ${error.issues
    .map(({ path, message }) => `${path.length > 0 ? path.join(".") : "body"}: ${message}`)
    .join("; ")}.`;

/** What any request that changes something may be told; spread into `problemsOf`. */
export const whenChanging = ["OTHER_ORIGIN", "BODY_TOO_LARGE"] as const;
/** The same for one that sends JSON. */
export const whenSending = [...whenChanging, "NOT_JSON", "BAD_JSON"] as const;

const always = ["BAD_REQUEST", "NOT_BY_THE_DOOR", "UNEXPECTED"] as const;

type Documented<C extends ProblemCode> = {
  [S in (typeof problems)[C | (typeof always)[number]]["status"]]: ReturnType<typeof documented>;
};

/** Responses of a route in the OpenAPI document for these codes, and for those that any route may answer. */
export function problemsOf<C extends ProblemCode>(...codes: C[]): Documented<C> {
  const byStatus = Map.groupBy([...codes, ...always], (code) => problems[code].status);
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, documented(codes)])) as Documented<C>;
}

const documented = (codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `${code}: ${problems[code].title}`).join("; "),
  content: {
    "application/problem+json": {
      schema: z.object({
        type: z.literal("about:blank"),
        title: z.string(),
        status: z.int(),
        detail: z.string(),
        code: z.enum(codes),
      }),
    },
  },
});
