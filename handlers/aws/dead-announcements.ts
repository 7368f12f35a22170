import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { announcedLetter } from "../dead-letters.ts";
import type { DeadAnnouncements } from "../dead-queue.ts";
import type { DeadQueueOptions } from "../env.ts";
import { countOf, lookThrough } from "./dead-queue.ts";

/** One queue of announced changes that an actor could not work on, or that SNS could not deliver to it. */
export const sqsDeadAnnouncements = (
  client: SQSClient,
  { actor, from }: Pick<DeadQueueOptions, "actor" | "from">,
): DeadAnnouncements => ({
  actor,
  count: () => countOf(client, from),
  each: (isDone) =>
    lookThrough(client, from, ({ MessageId = "", Body = "" }: Message) =>
      isDone(announcedLetter(actor, MessageId, Body)),
    ),
});
