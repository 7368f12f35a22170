import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { anyCaller } from "./callers.ts";
import { type EntranceDeps, entrance } from "./entrance.ts";
import { answerProblem, invalid, Problem, problem } from "./problems.ts";
import { fingerprintOf } from "./secrets.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface FrameDeps extends EntranceDeps, Pick<CommonDeps, "log"> {
  /** Hears of errors that nobody foresaw. */
  readonly fault: (error: unknown, about: Readonly<Record<string, unknown>>) => void;
}

const mostBytes = 64 * 1024;

/**
 * What every route of the API stands in: who may come in, how large a body may be, how refusals
 * look, and the document that describes it all. Errors are problem+json (RFC 9457).
 */
export function createFrame(
  deps: FrameDeps,
  routes: readonly OpenAPIHono<HonoEnv>[],
  /** What stands before the entrance, and answers everybody: not under `/api`, and without the page's distribution. */
  outside: readonly OpenAPIHono<HonoEnv>[] = [],
): OpenAPIHono<HonoEnv> {
  const api = new OpenAPIHono<HonoEnv>({ defaultHook: invalid("BAD_REQUEST") });
  api.use(unkept);
  for (const family of outside) api.route("/", family);
  api.use(entrance(deps));
  for (const { method, path } of routes.flatMap(closed)) api.on(method, path, signedIn);
  api.use(smallBody, declaredJson, eachOnce);
  for (const family of routes) api.route("/api", family);

  api.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: deps.cookie.name,
    description: "A person who signed in on the page.",
  });
  api.openAPIRegistry.registerComponent("securitySchemes", "operator", {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "AWS Signature Version 4 for the service `lambda`, at the stack's apiUrl.",
  });
  api.doc31("/api/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Darkroom",
      version: "1",
      description: "Hand in pictures, follow them, decide about them. Refusals are problem+json with a code.",
    },
    servers: [{ url: deps.siteUrl }],
    security: [{ session: [] }, { operator: [] }],
  });

  /** A refusal leaves a line that says which and whose, but no address: an attack can be seen, and followed. */
  const refuse = (c: Context<HonoEnv>, refusal: Problem) => {
    const network = c.var.network === undefined ? undefined : fingerprintOf(c.var.network);
    deps.log("refused", { reason: refusal.code, ...about(c), network });
    return answerProblem(c, refusal);
  };
  api.notFound((c) => refuse(c, problem("NO_ROUTE", `There is nothing at ${c.req.method} ${c.req.path}.`)));
  api.onError((error, c) => {
    if (error instanceof Problem) return refuse(c, error);
    // What zod-openapi says of a body that it cannot read.
    if (error instanceof HTTPException && error.status === 400)
      return refuse(c, problem("BAD_JSON", "Expected JSON as the body."));
    // And of one that is empty and declared as something else.
    if (error instanceof HTTPException && error.status === 415) return refuse(c, notJson());
    deps.fault(error, about(c));
    return answerProblem(c, problem("UNEXPECTED", "Something went wrong here. Try again in a moment."));
  });
  return api;
}

const about = ({ req }: Context<HonoEnv>) => ({ method: req.method, path: req.path.slice(0, 80) });

/**
 * The routes that do not say `security: []`. Nobody's request to them goes further than this, so that
 * a route cannot be open by oversight, and strangers learn nothing from how their bodies are checked.
 */
const closed = ({ openAPIRegistry }: OpenAPIHono<HonoEnv>) =>
  openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" && definition.route.security?.length !== 0
      ? [{ method: definition.route.method, path: `/api${definition.route.path.replaceAll(/{(.+?)}/g, ":$1")}` }]
      : [],
  );

const signedIn: MiddlewareHandler<HonoEnv> = async (c, next) => {
  anyCaller(c);
  await next();
};

/** Answers are about one caller at one moment. */
const unkept: MiddlewareHandler = async (c, next) => {
  c.header("cache-control", "no-store");
  c.header("x-content-type-options", "nosniff");
  await next();
};

const smallBody = bodyLimit({
  maxSize: mostBytes,
  onError: () => {
    throw problem("BODY_TOO_LARGE", `Expected a body of at most ${mostBytes} bytes.`);
  },
});

const declaredJson: MiddlewareHandler = async (c, next) => {
  if (c.req.raw.body !== null && !/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? ""))
    throw notJson();
  await next();
};

const notJson = () => problem("NOT_JSON", "Expected a body of content-type application/json.");

/** Of a parameter that comes twice, two readers may take different ones. */
const eachOnce: MiddlewareHandler = async (c, next) => {
  const [twice] = Object.entries(c.req.queries()).find(([, values]) => values.length > 1) ?? [];
  if (twice !== undefined) throw problem("BAD_REQUEST", `Expected ${twice.slice(0, 50)} once in the address.`);
  await next();
};
