import { z } from "zod";
import type { Picture } from "../handlers/record.ts";
import { costsShape } from "./costs.ts";

/** What the command reads of the API's answers. Only what is used is looked at: a newer Darkroom may say more. */

/** What reviewers have before them: pictures that wait, and the last decisions, newest first. */
export type Reviews = Omit<z.infer<typeof reviewsShape>, "next">;
/** Pictures by status, those that stand still, and what was given up. */
export type StatusReport = z.infer<typeof statusShape>;
/** One thing that was given up, and what becomes of it. */
export type Redriven = z.infer<typeof redrivenShape>;
/** How one source stands. Times are ISO 8601. */
export type Standing = z.infer<typeof standingShape>;

/** How far an export is. */
export type Exported = z.infer<typeof exportedShape>;

const reasonShape = z.object({ code: z.string(), sentence: z.string() });
export const pictureShape = z
  .looseObject({ pictureId: z.string(), status: z.string(), name: z.string(), reason: reasonShape.optional() })
  .transform((picture) => picture as unknown as Picture);
export const picturesShape = z.object({ pictures: z.array(pictureShape) });
export const statusShape = z.object({
  counts: z.record(z.string(), z.number()),
  stuck: z.object({
    count: z.number(),
    pictures: z.array(
      z.object({
        pictureId: z.string(),
        name: z.string(),
        status: z.string(),
        actor: z.string(),
        since: z.string(),
        woken: z.number(),
      }),
    ),
  }),
  deadLetters: z.object({
    groups: z.array(z.object({ actor: z.string(), reason: z.string(), count: z.number() })),
    more: z.boolean(),
  }),
  costs: costsShape,
});
const redrivenShape = z.object({
  actor: z.string(),
  reason: z.string(),
  pictureId: z.string().optional(),
  outcome: z.string(),
});
export const redriveShape = z.object({ found: z.array(redrivenShape), next: z.string().optional() });
const uploadShape = z.union([
  z.object({ error: reasonShape }),
  z.object({ pictureId: z.string(), url: z.url({ protocol: /^https?$/ }), fields: z.record(z.string(), z.string()) }),
]);
export const uploadsShape = z.object({ uploads: z.tuple([uploadShape]) });
const decisionShape = z.object({
  pictureId: z.string(),
  verdict: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
  name: z.string().optional(),
});
export const reviewsShape = z.object({
  pictures: z.array(pictureShape),
  decisions: z.array(decisionShape),
  next: z.string().optional(),
});
const standingShape = z.object({
  name: z.string(),
  kind: z.string(),
  every: z.string(),
  lastPollAt: z.string().optional(),
  lastWellAt: z.string().optional(),
  cursorMovedAt: z.string().optional(),
  taken: z.number(),
  skipped: z.record(z.string(), z.number()),
  failed: z.number(),
  deleted: z.number(),
  writtenBack: z.number(),
  nextPollAt: z.string().optional(),
  trouble: reasonShape.extend({ since: z.string(), needsPerson: z.boolean() }).optional(),
  hook: z.object({ expiresAt: z.string().optional(), trouble: reasonShape.optional() }).optional(),
});
export const standingsShape = z.object({ sources: z.array(standingShape) });
export const forgettingShape = z.object({ pictureId: z.string() });
export const digestShape = z.object({ day: z.string() });
export const exportBegunShape = z.object({ id: z.uuid() });
const day = z.iso.date();
export const exportedShape = z.object({
  finished: z.boolean(),
  of: z.number(),
  days: z.array(z.object({ day, pictures: z.number(), renditions: z.number() })),
  files: z.array(z.object({ day, table: z.enum(["pictures", "renditions"]), url: z.url({ protocol: /^https?$/ }) })),
});
export const exportPlaceShape = z.object({ region: z.string(), database: z.string(), workgroup: z.string() });
export const problemShape = z.object({ code: z.string(), detail: z.string() });

/** The stack's Regions, as the API that was asked sees them. */
export type Regions = z.infer<typeof regionsShape>;
const saidShape = z.object({
  region: z.string(),
  out: z.boolean(),
  since: z.string().optional(),
  by: z.string().optional(),
});
export const regionSaidShape = saidShape;
export const regionsShape = z.object({
  here: z.string(),
  regions: z.array(saidShape.extend({ answers: z.boolean(), agrees: z.boolean(), unfinished: z.number() })),
});
