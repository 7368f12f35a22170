import type { PlainAnswer, PlainRequest } from "../../http.ts";
import { json, mostBytes, toAnswer, toEvent } from "../../lambda/payload.ts";
import { FunctionClosed, type Invoke } from "../../lambda/types.ts";
import type { Decision } from "../types.ts";
import { createMatcher } from "./routes.ts";
import { createThrottle, type ThrottleOptions } from "./throttle.ts";

export interface RouteConfig {
  /** Such as `ANY /api/{proxy+}`, or `$default`. */
  readonly key: string;
  readonly invoke: Invoke;
  readonly timeoutMs: number;
  /** Whether the function's own policy lets this API call it, for such a method and path of the stage. */
  readonly permitted: (method: string) => Decision;
}

export interface HttpApiConfig {
  /** Host name of the API. */
  readonly domainName: string;
  readonly accountId: string;
  readonly routes: readonly RouteConfig[];
  /** The stage's. @default not throttled */
  readonly throttle?: ThrottleOptions;
  /** Says what a person must know: a call that AWS would refuse. */
  readonly warn: (text: string) => void;
}

export type HttpApi = (request: PlainRequest) => Promise<PlainAnswer>;

/** An API Gateway HTTP API whose routes lead to functions. */
export function createHttpApi({ domainName, accountId, routes, throttle, warn }: HttpApiConfig): HttpApi {
  const match = createMatcher(routes);
  const mayPass = throttle ? createThrottle(throttle) : () => true;

  return async (request) => {
    if (!mayPass()) return failure(429, "Too Many Requests");
    if (request.body.length > mostBytes) return failure(413, "Request Entity Too Large");
    const found = match(request.method, request.url.split("?", 1)[0] ?? "/");
    if (found === undefined) return failure(404, "Not Found");
    const { route, pathParameters } = found;
    const decision = route.permitted(request.method);
    if (!decision.allowed) {
      warn(`route ${route.key}: ${decision.because}. Make a lambda.Permission for it.`);
      return failure(500, "Internal Server Error");
    }
    const event = toEvent(withHops(request, domainName), {
      accountId,
      domainName,
      routeKey: route.key,
      pathParameters,
    });
    return answered(route, event);
  };
}

async function answered({ invoke, timeoutMs }: RouteConfig, event: object): Promise<PlainAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return toAnswer(await invoke(event, { signal })) ?? failure(500, "Internal Server Error");
  } catch (error) {
    if (error !== signal.reason && !(error instanceof FunctionClosed)) throw error;
    return failure(503, "Service Unavailable");
  }
}

/** What API Gateway adds to a request's own headers. */
const withHops = (request: PlainRequest, host: string): PlainRequest => ({
  ...request,
  headers: {
    ...request.headers,
    host,
    "x-forwarded-for": [request.headers["x-forwarded-for"], request.sourceIp].filter(Boolean).join(", "),
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
  },
});

const failure = (status: number, message: string) => json(status, { message });
