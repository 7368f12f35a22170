import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Picture, Status } from "../record.ts";
import { unlessRefused } from "./conditional.ts";

/**
 * Writes a record over the one that stands at `from`, and leaves alone what is not the chain's: actors of a stack's own
 * add to the record while one of the chain is at work on it. Answers false when it no longer stands there.
 */
export function movePicture(
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: Record<string, string>,
  from: Status,
  to: { readonly [name in keyof typeof names]?: unknown },
): Promise<boolean> {
  const said = ours.filter((name) => to[name] !== undefined);
  const left = ours.filter((name) => to[name] === undefined);
  const sets = said.map((name) => `#${name} = :${name}`).join(", ");
  return unlessRefused(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: `SET ${sets} REMOVE ${left.map((name) => `#${name}`).join(", ")}`,
        ConditionExpression: "#status = :from",
        ExpressionAttributeNames: Object.fromEntries(ours.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: { ":from": from, ...Object.fromEntries(said.map((name) => [`:${name}`, to[name]])) },
      }),
    ),
  );
}

type NameOf<P> = P extends P ? keyof P : never;

/** All that a record of some status has, and by which the indexes find it. */
const names: Readonly<Record<NameOf<Picture> | "shard" | "waiting", true>> = {
  pictureId: true,
  source: true,
  sourceId: true,
  revision: true,
  name: true,
  uploader: true,
  enteredAt: true,
  changedAt: true,
  homeRegion: true,
  adoptedFrom: true,
  environment: true,
  region: true,
  availabilityZone: true,
  instanceId: true,
  bytes: true,
  timings: true,
  attempts: true,
  woken: true,
  reviewedBy: true,
  archive: true,
  deletedAt: true,
  format: true,
  width: true,
  height: true,
  frames: true,
  hasAlpha: true,
  greyscale: true,
  contentHash: true,
  perceptualHash: true,
  original: true,
  containsNudity: true,
  containsNudityConfidence: true,
  moderator: true,
  labels: true,
  acceptedBy: true,
  acceptedAt: true,
  scaling: true,
  baseFormat: true,
  levels: true,
  placeholder: true,
  colour: true,
  note: true,
  renditions: true,
  pack: true,
  bytesBefore: true,
  bytesAfter: true,
  url: true,
  markup: true,
  publishedAt: true,
  status: true,
  reason: true,
  duplicateOf: true,
  quarantined: true,
  forgottenBy: true,
  shard: true,
  waiting: true,
};
const ours = Object.keys(names) as (keyof typeof names)[];
