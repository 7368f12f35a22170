import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Catalog } from "../ports.ts";
import type { Picture } from "../record.ts";
import { amendPicture } from "./catalog-amend.ts";
import { listPictures, shardOf, tallyPictures } from "./catalog-list.ts";
import { unlessRefused } from "./conditional.ts";

/**
 * The catalog in one DynamoDB table. A picture is `pk = picture#<id>`: its record (`sk = record`),
 * and beside it, so that they wake nobody, its attempts (`attempt#<actor>`) and the keys of its
 * outside effects (`effect#<name>`). `pk = content#<sha256>` says whose a claim is.
 */
export function dynamoCatalog(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): Catalog {
  const put = (picture: Picture, condition: string, names: Record<string, string>, values?: Record<string, unknown>) =>
    unlessRefused(
      client.send(
        new PutCommand({
          TableName: table,
          Item: { ...recordKey(picture.pictureId), ...indexed(picture), ...picture },
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        }),
      ),
    );
  const addTo = async (pictureId: string, actor: string, count: number, open: number) => {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: `picture#${pictureId}`, sk: `attempt#${actor}` },
        UpdateExpression: "ADD #count :count, #open :open SET #expiresAt = :expiresAt",
        ExpressionAttributeNames: { "#count": "count", "#open": "open", "#expiresAt": "expiresAt" },
        ExpressionAttributeValues: { ":count": count, ":open": open, ":expiresAt": in30Days(now()) },
        ReturnValues: "ALL_NEW",
      }),
    );
    return { count: Number(Attributes?.["count"]), open: Number(Attributes?.["open"]) };
  };

  return {
    async get(pictureId) {
      // No GUID is longer, and DynamoDB fails on keys that are far too long.
      if (pictureId.length > 36) return undefined;
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: recordKey(pictureId), ConsistentRead: true }),
      );
      return Item && pictureOf(Item);
    },
    add: (picture) => put(picture, "attribute_not_exists(#pk)", { "#pk": "pk" }),
    move: (from, to) => put(to, "#status = :from", { "#status": "status" }, { ":from": from }),
    amend: (found, amendment) => amendPicture(client, table, recordKey(found.pictureId), found, amendment),
    attempt: (pictureId, actor) => addTo(pictureId, actor, 1, 1),
    async settle(pictureId, actor) {
      await addTo(pictureId, actor, 0, -1);
    },
    async forgive(pictureId, actor) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: `picture#${pictureId}`, sk: `attempt#${actor}` },
          UpdateExpression: "SET #open = :none, #count = if_not_exists(#count, :none), #expiresAt = :expiresAt",
          ExpressionAttributeNames: { "#open": "open", "#count": "count", "#expiresAt": "expiresAt" },
          ExpressionAttributeValues: { ":none": 0, ":expiresAt": in30Days(now()) },
        }),
      );
    },
    touch(picture, at, woken) {
      const { values, ...same } = asItWas(picture);
      return unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            ...same,
            UpdateExpression: "SET #changedAt = :at, #woken = :woken",
            ExpressionAttributeNames: { ...same.ExpressionAttributeNames, "#woken": "woken" },
            ExpressionAttributeValues: { ...values, ":at": at, ":woken": woken },
          }),
        ),
      );
    },
    adopt(found, to) {
      const { ConditionExpression, ExpressionAttributeNames, values } = asItWas(found);
      return put(
        to,
        `${ConditionExpression} AND #homeRegion = :homeRegion`,
        { ...ExpressionAttributeNames, "#homeRegion": "homeRegion" },
        { ...values, ":homeRegion": found.homeRegion },
      );
    },
    remove(picture) {
      const { values, ...same } = asItWas(picture);
      return unlessRefused(
        client.send(new DeleteCommand({ TableName: table, ...same, ExpressionAttributeValues: values })),
      );
    },
    async claim(hash, pictureId) {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: contentKey(hash),
          UpdateExpression: "SET #owner = if_not_exists(#owner, :pictureId)",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":pictureId": pictureId },
          ReturnValues: "ALL_NEW",
        }),
      );
      return String(Attributes?.["owner"]);
    },
    once: (pictureId, effect) =>
      unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: effectKey(pictureId, effect),
            UpdateExpression: "SET #at = :at, #expiresAt = :expiresAt",
            ConditionExpression: "attribute_not_exists(#at)",
            ExpressionAttributeNames: { "#at": "at", "#expiresAt": "expiresAt" },
            ExpressionAttributeValues: { ":at": now().toISOString(), ":expiresAt": in30Days(now()) },
          }),
        ),
      ),
    async did(pictureId, effect) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: effectKey(pictureId, effect), ConsistentRead: true }),
      );
      return Item !== undefined;
    },
    async release(hash, pictureId) {
      await unlessRefused(
        client.send(
          new DeleteCommand({
            TableName: table,
            Key: contentKey(hash),
            ConditionExpression: "#owner = :pictureId",
            ExpressionAttributeNames: { "#owner": "owner" },
            ExpressionAttributeValues: { ":pictureId": pictureId },
          }),
        ),
      );
    },
    list: (options) => listPictures(client, table, options),
    tally: (since, see) => tallyPictures(client, table, since, see),
  };
}

export const recordKey = (pictureId: string) => ({ pk: `picture#${pictureId}`, sk: "record" });

const effectKey = (pictureId: string, effect: string) => ({ pk: `picture#${pictureId}`, sk: `effect#${effect}` });

const contentKey = (hash: string) => ({ pk: `content#${hash}`, sk: "owner" });

/** A record, on condition that it has not changed since it was read. */
const asItWas = ({ pictureId, status, changedAt }: Picture) => ({
  Key: recordKey(pictureId),
  ConditionExpression: "#status = :status AND #changedAt = :changedAt",
  ExpressionAttributeNames: { "#status": "status", "#changedAt": "changedAt" },
  values: { ":status": status, ":changedAt": changedAt },
});

/** What the indexes find a record by, beside its own attributes. Only those in review wait. */
const indexed = (picture: Picture) => ({
  shard: shardOf(picture),
  ...(picture.status === "review" && { waiting: picture.status }),
});

/** Epoch seconds, as DynamoDB's TTL wants them; no delivery is repeated for that long. */
const in30Days = (now: Date) => Math.floor(now.getTime() / 1000) + 30 * 24 * 3600;

/** A record without the table's own attributes. */
export function pictureOf({ pk, sk, shard, waiting, ...picture }: Record<string, unknown>): Picture {
  return picture as unknown as Picture;
}
