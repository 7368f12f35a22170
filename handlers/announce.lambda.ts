import { SNSClient } from "@aws-sdk/client-sns";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { createAnnounce } from "./announce.ts";
import { fault, speakAs, spoken } from "./aws/log.ts";
import { placeOf } from "./aws/place.ts";
import { snsTopic } from "./aws/topic.ts";
import { type AnnounceEnv, envOf, readEnv } from "./env.ts";

const env = readEnv<AnnounceEnv>(envOf.announce);
speakAs(await placeOf(env.ENVIRONMENT), { actor: "announce" });

const announce = createAnnounce({ publish: snsTopic(new SNSClient(), env.TOPIC), fault });

export const handler = spoken(
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => ({
    batchItemFailures: (await announce(Records)).map((itemIdentifier) => ({ itemIdentifier })),
  }),
);
