import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Reminders } from "../reminder.ts";

/** Sort key of every reminder, by which a mapping's filter knows them. */
export const reminderSk = "remind";

/** Items of the catalog's table that DynamoDB deletes when their time has come, some hours late at most. */
export const dynamoReminders = (client: DynamoDBDocumentClient, TableName: string): Reminders => ({
  async set({ pictureId, homeRegion }, at) {
    const expiresAt = Math.floor(at.getTime() / 1000);
    await client.send(new PutCommand({ TableName, Item: { ...keyOf(pictureId), pictureId, homeRegion, expiresAt } }));
  },
  async drop(pictureId) {
    await client.send(new DeleteCommand({ TableName, Key: keyOf(pictureId) }));
  },
});

const keyOf = (pictureId: string) => ({ pk: `remind#${pictureId}`, sk: reminderSk });
