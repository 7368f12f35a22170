import { PublishBatchCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { AnnounceDeps, Announcement } from "../announce.ts";

/** A topic of SNS. Once a message is taken, SNS sees to it that each subscription has it. */
export const snsTopic =
  (client: SNSClient, TopicArn: string): AnnounceDeps["publish"] =>
  async (some) => {
    const PublishBatchRequestEntries = some.map(({ id: Id, body: Message, attributes }) => ({
      Id,
      Message,
      MessageAttributes: attributesOf(attributes),
    }));
    const { Failed = [] } = await client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    return Failed.map(({ Id = "", Code, Message = "" }) => ({ id: Id, why: `SNS refused it: ${Code} ${Message}` }));
  };

const attributesOf = (attributes: Announcement["attributes"]) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );
