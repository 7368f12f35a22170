import { z } from "@hono/zod-openapi";
import type { Picture, Reason } from "../record.ts";

/** What several routes answer or take, for the checks and for the OpenAPI document. */

export const reason = z.object({ code: z.string(), sentence: z.string() }) satisfies z.ZodType<Reason>;

const record = z
  .looseObject({
    pictureId: z.string(),
    status: z.string().openapi({ example: "published" }),
    source: z.string().openapi({ description: "`upload`, or the source's name" }),
    name: z.string().openapi({ description: "File name as it came" }),
    uploader: z.string().optional(),
    enteredAt: z.string(),
    changedAt: z.string(),
    bytes: z.int(),
    width: z.int().optional(),
    height: z.int().optional(),
    format: z.string().optional(),
    reason: reason.optional().openapi({ description: "Why it was refused, or is in review" }),
    url: z.string().optional().openapi({ description: "Once published: its largest rendition" }),
  })
  .openapi("Picture", { description: "A picture's record; it grows as the picture moves on." });

/** Records come from the catalog: what checks them is the code that wrote them. */
export const picture = record as unknown as z.ZodType<Picture>;

export const pictureParams = z.object({
  id: z.string().openapi({ description: "The picture's id", example: "8f6c1c9e-5c5b-8d3a-9f00-0242ac120002" }),
});

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { "application/json": { schema } } },
});
