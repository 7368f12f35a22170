import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type PlainAnswer, sendAnswer } from "../../http.ts";
import { ServiceError } from "../dynamodb/service-error.ts";
import { signedRequest } from "../signed-request.ts";
import type { Endpoint, EndpointDeps } from "../types.ts";
import { type Elements, parseXml, xmlAnswer, xmlFailure } from "../xml-answer.ts";

interface InvalidationsDeps {
  /** ARNs of the distributions, by their ids. */
  readonly distributions: ReadonlyMap<string, string>;
  readonly deps: EndpointDeps;
  readonly now?: () => Date;
}

const namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/** CloudFront's API as far as functions use it: CreateInvalidation. Nothing is cached here, so it is done at once. */
export function createInvalidations({ distributions, deps, now = () => new Date() }: InvalidationsDeps): Endpoint {
  async function handle(request: IncomingMessage): Promise<PlainAnswer> {
    const { body, allow } = await signedRequest(request, deps);
    const [, id] = /\/2020-05-31\/distribution\/([^/]+)\/invalidation$/.exec(request.url ?? "") ?? [];
    if (id === undefined || request.method !== "POST")
      throw new ServiceError(
        "InvalidAction",
        `Expected CreateInvalidation, but received ${request.method} ${request.url}, which the laptop's CloudFront does not have.`,
      );
    const arn = distributions.get(id);
    if (arn === undefined)
      throw new ServiceError("NoSuchDistribution", "The specified distribution does not exist.", { status: 404 });
    allow({ action: "cloudfront:CreateInvalidation", resource: arn });
    const InvalidationBatch = batchOf(parseXml(body, "InvalidationBatch"));
    const Id = `I${randomUUID().replaceAll("-", "").slice(0, 13).toUpperCase()}`;
    return xmlAnswer(
      201,
      "Invalidation",
      { Id, Status: "Completed", CreateTime: now().toISOString(), InvalidationBatch },
      { namespace, headers: { location: `/2020-05-31/distribution/${id}/invalidation/${Id}` } },
    );
  }

  return async (request, response) => {
    const answer = await handle(request).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      const denied = error.code === "AccessDeniedException";
      const known = denied ? new ServiceError("AccessDenied", error.message, { status: 403 }) : error;
      return xmlFailure(known, namespace);
    });
    await sendAnswer(response, answer);
  };
}

/** What CloudFront checks of a batch before it takes it. */
function batchOf({ CallerReference, Paths }: Record<string, unknown>): Elements {
  const { Quantity, Items } = (Paths ?? {}) as {
    readonly Quantity?: string;
    readonly Items?: { readonly Path?: unknown };
  };
  const paths = [Items?.Path ?? []].flat().map(String);
  if (typeof CallerReference !== "string" || CallerReference === "")
    throw new ServiceError("InvalidArgument", "Expected a CallerReference.");
  if (paths.length === 0 || Number(Quantity) !== paths.length)
    throw new ServiceError("InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
  const wrong = paths.filter((path) => !path.startsWith("/"));
  if (wrong.length > 0)
    throw new ServiceError("InvalidArgument", `Expected paths that begin with a slash, received ${wrong.join(", ")}.`);
  return { CallerReference, Paths: { Quantity: String(paths.length), Items: { Path: paths } } };
}
