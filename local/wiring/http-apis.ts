import { accountId } from "../answers.ts";
import { createHttpApi, type HttpApi, type RouteConfig } from "../aws/http-api/http-api.ts";
import type { ThrottleOptions } from "../aws/http-api/throttle.ts";
import type { Authorize, Identity, PolicyDocument } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import type { Invoke } from "../lambda/types.ts";
import { find, need, number, ofType, text } from "../lookup.ts";

interface HttpApisDeps {
  /** Of a function, by its ARN. */
  readonly invokeOf: (functionArn: string) => Invoke;
  readonly authorize: Authorize;
  /** Is told of each answer of an API, by its id. */
  readonly measure: (apiId: string, answer: { readonly status: number; readonly ms: number }) => void;
  readonly warn: (text: string) => void;
}

/** Every HTTP API of the graph, by the host name it has on AWS. @throws Error `HTTP_API_UNSUPPORTED` for what this host does not do */
export const httpApisOf = (graph: Graph, deps: HttpApisDeps): ReadonlyMap<string, HttpApi> =>
  new Map(
    ofType(graph, "aws:apigatewayv2/api:Api").map((api) => {
      const domainName = new URL(text(api, "apiEndpoint")).host;
      const routes = ofType(graph, "aws:apigatewayv2/route:Route")
        .filter(({ inputs }) => inputs["apiId"] === api.outputs["id"])
        .map((route) => routeOf(graph, api, route, deps));
      const throttle = throttleOf(stageOf(graph, api));
      const answer = createHttpApi({ domainName, accountId, routes, throttle, warn: deps.warn });
      return [domainName, measured(answer, (seen) => deps.measure(text(api, "id"), seen))] as const;
    }),
  );

const measured =
  (api: HttpApi, measure: (answer: { readonly status: number; readonly ms: number }) => void): HttpApi =>
  async (request) => {
    const startedAt = performance.now();
    const answer = await api(request);
    measure({ status: answer.status, ms: performance.now() - startedAt });
    return answer;
  };

/** The stage whose name is not part of the address; it must deploy what the graph says by itself. */
function stageOf(graph: Graph, { name, outputs }: Resource): Resource {
  const stages = ofType(graph, "aws:apigatewayv2/stage:Stage").filter(
    ({ inputs }) => inputs["apiId"] === outputs["id"],
  );
  const [stage] = stages;
  if (stages.length === 1 && stage?.inputs["name"] === "$default" && stage.inputs["autoDeploy"] === true) return stage;
  throw unsupported(
    `HTTP API ${name} to have one stage, $default, with autoDeploy`,
    stages.map(({ inputs }) => inputs),
  );
}

function throttleOf({ inputs }: Resource): ThrottleOptions | undefined {
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = (inputs["defaultRouteSettings"] ?? {}) as {
    readonly throttlingRateLimit?: number;
    readonly throttlingBurstLimit?: number;
  };
  return rate === undefined || burst === undefined ? undefined : { rate, burst };
}

function routeOf(graph: Graph, api: Resource, route: Resource, { invokeOf, authorize }: HttpApisDeps): RouteConfig {
  const key = text(route, "routeKey", "inputs");
  const integration = need(
    graph,
    "aws:apigatewayv2/integration:Integration",
    text(route, "target", "inputs").replace(/^integrations\//, ""),
    `route ${key}`,
  );
  const { integrationType, payloadFormatVersion, integrationUri } = integration.inputs;
  if (integrationType !== "AWS_PROXY" || payloadFormatVersion !== "2.0")
    throw unsupported(`route ${key} to lead to a function, with payload 2.0`, integration.inputs);
  if (![undefined, "NONE"].includes(route.inputs["authorizationType"] as undefined))
    throw unsupported(`route ${key} to be without an authorizer`, route.inputs);
  const target =
    ofType(graph, "aws:lambda/function:Function").find(({ outputs }) => outputs["invokeArn"] === integrationUri) ??
    need(graph, "aws:lambda/function:Function", integrationUri, `route ${key}`);
  const resource = text(target, "arn");
  const path = key.replace(/^\S+ /, "");
  return {
    key,
    invoke: invokeOf(resource),
    timeoutMs: number(integration, "timeoutMilliseconds") ?? 30_000,
    permitted: (method) =>
      authorize(apiGateway, {
        action: "lambda:InvokeFunction",
        resource,
        // The route's own path, with its braces.
        context: {
          "aws:SourceArn": `${text(api, "executionArn")}/$default/${method}${path}`,
          "aws:SourceAccount": accountId,
        },
        resourcePolicy: policyOfFunction(graph, target),
      }),
  };
}

const apiGateway: Identity = { arn: "apigateway.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

/** A function's policy, which Lambda makes of its permissions. */
function policyOfFunction(graph: Graph, fn: Resource): PolicyDocument {
  const permissions = ofType(graph, "aws:lambda/permission:Permission").filter(
    ({ inputs }) => find(graph, "aws:lambda/function:Function", inputs["function"]) === fn,
  );
  return {
    Statement: permissions.map(({ inputs }) => {
      const { action, principal, sourceArn, sourceAccount } = inputs as Readonly<Record<string, string | undefined>>;
      return {
        Effect: "Allow",
        Principal: { Service: principal ?? "" },
        Action: action ?? "",
        Resource: text(fn, "arn"),
        Condition: {
          ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
          ...(sourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
        },
      };
    }),
  };
}

const unsupported = (expected: string, received: unknown) =>
  new Error(
    `HTTP_API_UNSUPPORTED: expected ${expected}, received ${JSON.stringify(received)}. Change it, or teach local/wiring/http-apis.ts about it.`,
  );
