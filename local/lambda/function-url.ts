import type { IncomingMessage } from "node:http";
import type { Endpoint, Identity } from "../aws/types.ts";
import { readRequest, sendAnswer } from "../http.ts";
import { json, mostBytes, toAnswer, toEvent } from "./payload.ts";
import type { Invoke } from "./types.ts";

interface FunctionUrlDeps {
  readonly invoke: Invoke;
  /** Host name that the event tells, such as `abc.lambda-url.eu-west-1.on.aws`. */
  readonly domainName: string;
  readonly accountId: string;
  /** Path of the host under which the function answers; the function does not see it. @default "" */
  readonly prefix?: string;
  /** Who calls, where the URL asks for IAM. */
  readonly callerOf?: (request: IncomingMessage) => Identity | undefined;
}

/**
 * A function's URL: requests become events, results become answers.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function createFunctionUrl({ invoke, domainName, accountId, prefix = "", callerOf }: FunctionUrlDeps): Endpoint {
  return async (incoming, response) => {
    const request = await readRequest(incoming, mostBytes);
    if (request === undefined) return sendAnswer(response, failure(413, "Request Entity Too Large"));
    const caller = callerOf?.(incoming);
    const event = toEvent(
      { ...request, url: request.url.slice(prefix.length) },
      { accountId, domainName, ...(caller && { authorizer: { iam: iamOf(caller, accountId) } }) },
    );
    const answer = toAnswer(await invoke(event)) ?? failure(502, "Internal Server Error");
    await sendAnswer(response, answer, { headOnly: request.method === "HEAD" });
  };
}

const iamOf = ({ arn, accessKeyId }: Identity, accountId: string) => ({
  accessKey: accessKeyId,
  accountId,
  callerId: accessKeyId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: arn,
  userId: accessKeyId,
});

const failure = (status: number, message: string) => json(status, { Message: message });
