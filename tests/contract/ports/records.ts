import type { PictureIn } from "../../../handlers/record.ts";

let made = 0;

/** Ids as uuids are: their first digit says nothing. */
export const fresh = () => `${((++made * 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}-${process.pid}`;

export function received(more: Partial<PictureIn<"received">> = {}): PictureIn<"received"> {
  return {
    pictureId: fresh(),
    status: "received",
    source: "upload",
    sourceId: "uploads/1",
    revision: "1",
    name: "picture.jpg",
    enteredAt: "1999-01-01T00:00:00.000Z",
    changedAt: "1999-01-01T00:00:00.000Z",
    homeRegion: "eu-west-1",
    environment: "test",
    region: "eu-west-1",
    availabilityZone: "euw1-az1",
    instanceId: "1",
    bytes: 12345,
    timings: { ingest: { startedAt: "1999-01-01T00:00:00.000Z", endedAt: "1999-01-01T00:00:00.000Z", ms: 0 } },
    attempts: {},
    format: "jpeg",
    width: 40,
    height: 30,
    frames: 1,
    hasAlpha: false,
    greyscale: true,
    contentHash: "ab",
    perceptualHash: "cd",
    original: "originals/1.jpeg",
    ...more,
  };
}

export const accepted = (picture: PictureIn<"received">, acceptedBy: string): PictureIn<"accepted"> => ({
  ...picture,
  status: "accepted",
  containsNudity: false,
  containsNudityConfidence: 0.125,
  moderator: "stub",
  labels: [{ name: "Hills", confidence: 99.5 }],
  acceptedBy,
  acceptedAt: "1999-01-01T00:00:01.000Z",
});
