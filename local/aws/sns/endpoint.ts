import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type PlainAnswer, sendAnswer } from "../../http.ts";
import { ServiceError } from "../dynamodb/service-error.ts";
import { signedRequest } from "../signed-request.ts";
import type { Endpoint, EndpointDeps } from "../types.ts";
import { type Elements, xmlAnswer, xmlFailure } from "../xml-answer.ts";
import { type Input, listIn, messageIn, queryIn } from "./query.ts";
import { bytesOf, mostBytes } from "./topics.ts";
import { TopicError, type Topics } from "./types.ts";

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/** SNS as far as functions use it: Publish and PublishBatch to a topic, with IAM in front. */
export function snsEndpoint(topics: Topics, deps: EndpointDeps): Endpoint {
  const operations: Readonly<Record<string, (input: Input, topicArn: string) => Elements>> = {
    Publish: (input, topicArn) => ({ MessageId: topics.publish(topicArn, messageIn(input)) }),
    PublishBatch(input, topicArn) {
      const entries = listIn(input, "PublishBatchRequestEntries");
      checkBatch(entries);
      const Successful: Elements[] = [];
      const Failed: Elements[] = [];
      for (const entry of entries) {
        const { Id } = entry;
        try {
          Successful.push({ Id: Id!, MessageId: topics.publish(topicArn, messageIn(entry)) });
        } catch (error) {
          if (!(error instanceof TopicError) || error.code === "NotFound") throw error;
          Failed.push({ Id: Id!, Code: error.code, Message: error.message, SenderFault: "true" });
        }
      }
      return { Successful: { member: Successful }, Failed: { member: Failed } };
    },
  };

  async function handle(request: IncomingMessage): Promise<PlainAnswer> {
    const { body, allow } = await signedRequest(request, deps);
    const input = queryIn(body.toString());
    const { Action = "", TopicArn = "" } = input;
    const run = Object.hasOwn(operations, Action) ? operations[Action] : undefined;
    if (run === undefined)
      throw new ServiceError(
        "InvalidAction",
        `Expected one of ${Object.keys(operations).join(", ")}, received ${Action}, which the laptop's SNS does not have.`,
      );
    // IAM knows one action for both.
    allow({ action: "sns:Publish", resource: TopicArn, resourcePolicy: topics.configs.get(TopicArn)?.policy });
    const ResponseMetadata = { RequestId: randomUUID() };
    return xmlAnswer(
      200,
      `${Action}Response`,
      { [`${Action}Result`]: run(input, TopicArn), ResponseMetadata },
      { namespace },
    );
  }

  return async (request, response) =>
    sendAnswer(response, await handle(request).catch((error: unknown) => xmlFailure(known(error), namespace)));
}

/** @throws ServiceError under SNS's own names */
function checkBatch(entries: readonly Input[]): void {
  const ids = entries.map(({ Id = "" }) => Id);
  if (ids.length === 0) throw new ServiceError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (ids.length > 10)
    throw new ServiceError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
  const strange = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (strange !== undefined)
    throw new ServiceError(
      "InvalidBatchEntryId",
      `The Id of a batch entry in a batch request doesn't abide by the specification: ${strange}`,
    );
  if (new Set(ids).size < ids.length)
    throw new ServiceError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  if (entries.reduce((sum, entry) => sum + bytesOf(messageIn(entry)), 0) > mostBytes)
    throw new ServiceError(
      "BatchRequestTooLong",
      "The length of all the batch messages put together is more than the limit.",
    );
}

function known(error: unknown): ServiceError {
  if (error instanceof TopicError)
    return new ServiceError(error.code, error.message, { status: error.code === "NotFound" ? 404 : 400 });
  if (!(error instanceof ServiceError)) throw error;
  return error.code === "AccessDeniedException"
    ? new ServiceError("AuthorizationError", error.message, { status: 403 })
    : error;
}
