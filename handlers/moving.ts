import type { Actor, Picture, PictureIn, Status } from "./record.ts";

/** Statuses that an actor is to end, and which: what stands at one of them is on its way. */
export const endedBy = {
  received: "moderate",
  accepted: "resize",
  resized: "compress",
  compressed: "publish",
  forgetting: "forget",
} as const satisfies Partial<Record<Status, Actor>>;

export type MovingStatus = keyof typeof endedBy;
export const movingStatuses = Object.keys(endedBy) as readonly MovingStatus[];

export const isMoving = <P extends Pick<Picture, "status">>(picture: P): picture is P & PictureIn<MovingStatus> =>
  picture.status in endedBy;

/** How long a picture may stand at a step before somebody asks what became of it. */
export const stillAfterMs = 30 * 60_000;
