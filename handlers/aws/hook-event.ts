import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { WebhookAnswer, WebhookRequest } from "../../providers/sources/types.ts";

/** A call as the HTTP API hands it over (payload 2.0), its body as it was sent: a signature is over just those bytes. */
export const requestOf = (event: APIGatewayProxyEventV2): WebhookRequest => ({
  method: event.requestContext.http.method,
  headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
  query: Object.fromEntries(new URLSearchParams(event.rawQueryString)),
  body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
});

export const resultOf = ({
  status,
  headers,
  body,
}: Omit<WebhookAnswer, "poll">): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { "cache-control": "no-store", ...headers },
  body: body ?? "",
});
