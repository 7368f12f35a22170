import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { askToForget } from "../forgetting.ts";
import type { Catalog } from "../ports.ts";
import type { Picture } from "../record.ts";
import { anyCaller, nameOf, staff } from "./callers.ts";
import { type PreviewDeps, previewsIn } from "./previews.ts";
import { problem, problemsOf, whenChanging } from "./problems.ts";
import { json, picture, pictureParams } from "./shapes.ts";
import type { Caller, CommonDeps, HonoEnv } from "./types.ts";

export interface PictureDeps extends CommonDeps, PreviewDeps {
  readonly catalog: Pick<Catalog, "get" | "list" | "move">;
}

const list = createRoute({
  method: "get",
  path: "/pictures",
  summary: "Pictures, newest first",
  description: "A person's own; an operator's are all there are. With `ids` those alone, up to a hundred.",
  request: {
    query: z.object({
      limit: z.string().optional().openapi({ description: "1 to 200", example: "50" }),
      next: z.string().optional().openapi({ description: "Of an earlier answer" }),
      ids: z.string().optional().openapi({ description: "Separated by commas" }),
    }),
  },
  responses: {
    200: json(z.object({ pictures: z.array(picture).readonly(), next: z.string().optional() }), "A page of them"),
    ...problemsOf("SIGN_IN_FIRST", "BAD_LIMIT", "BAD_PAGE"),
  },
});

const one = createRoute({
  method: "get",
  path: "/pictures/{id}",
  summary: "One picture's record",
  request: { params: pictureParams },
  responses: { 200: json(picture, "Its record"), ...problemsOf("SIGN_IN_FIRST", "NO_PICTURE") },
});

const markup = createRoute({
  method: "get",
  path: "/pictures/{id}/markup",
  summary: "The HTML that shows a published picture",
  request: { params: pictureParams },
  responses: {
    200: json(z.object({ amp: z.string(), html: z.string() }), "As `amp-img` and as `picture`"),
    ...problemsOf("SIGN_IN_FIRST", "NO_PICTURE", "NOT_PUBLISHED"),
  },
});

const preview = createRoute({
  method: "get",
  path: "/pictures/{id}/preview",
  summary: "A small picture for the eyes of a reviewer",
  request: { params: pictureParams },
  responses: {
    200: {
      description: "At most 640 pixels a side",
      content: { "image/jpeg": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "NO_PICTURE", "NO_PREVIEW", "PREVIEW_AWAY"),
  },
});

const forget = createRoute({
  method: "delete",
  path: "/pictures/{id}",
  summary: "Delete a picture everywhere",
  description: "Its original, renditions and caches. What stays is a record that says nothing of it.",
  request: { params: pictureParams },
  responses: {
    202: json(z.object({ pictureId: z.string(), status: z.literal("forgetting") }), "It is on its way out"),
    ...problemsOf("SIGN_IN_FIRST", "NO_PICTURE", "BUSY", ...whenChanging),
  },
});

export const pictureRoutes = ({ catalog, now, log, ...held }: PictureDeps) => {
  const previews = previewsIn({ ...held, log });
  return new OpenAPIHono<HonoEnv>()
    .openapi(list, async (c) => {
      const caller = anyCaller(c);
      const { limit, next, ids } = c.req.valid("query");
      if (ids !== undefined) {
        const found = await Promise.all(ids.split(",", 100).map((id) => catalog.get(id)));
        const pictures = found.filter((each) => each !== undefined && maySee(caller, each));
        return c.json({ pictures: pictures.map((each) => shownTo(caller, each as Picture)) }, 200);
      }
      const of = caller.kind === "person" ? { uploader: caller.email } : undefined;
      const page = await catalog.list({ limit: limitOf(limit), next: pageOf(next), of });
      return c.json({ ...page, pictures: page.pictures.map((each) => shownTo(caller, each)) }, 200);
    })
    .openapi(one, async (c) => c.json(await seenBy(anyCaller(c), catalog, c.req.valid("param").id), 200))
    .openapi(markup, async (c) => {
      const found = await seenBy(anyCaller(c), catalog, c.req.valid("param").id);
      if (found.status === "published") return c.json({ amp: found.markup.amp, html: found.markup.html }, 200);
      throw problem("NOT_PUBLISHED", `Expected a published picture, but it is ${found.status}.`);
    })
    .openapi(preview, async (c) => {
      const bytes = await previews.read(await seenBy(staff(c), catalog, c.req.valid("param").id));
      if (bytes === undefined) throw problem("NO_PREVIEW", "There is a preview only while a picture is in review.");
      return c.body(new Uint8Array(bytes), 200, {
        "content-type": "image/jpeg",
        "cache-control": "private, no-store",
        "content-security-policy": "sandbox; default-src 'none'",
      });
    })
    .openapi(forget, async (c) => {
      const caller = anyCaller(c);
      const { id } = c.req.valid("param");
      const found = await catalog.get(id);
      if (found === undefined || !owns(caller, found)) throw noPicture(id);
      if (!(await askToForget({ catalog, now }, id, nameOf(caller))))
        throw problem("BUSY", "This picture kept changing. Try again in a moment.", { "retry-after": "2" });
      log("forgetting", { pictureId: id });
      return c.json({ pictureId: id, status: "forgetting" as const }, 202);
    });
};

/** @throws Problem `NO_PICTURE`, of somebody else's as well: who may not see it does not learn that it is there. */
async function seenBy(caller: Caller, catalog: Pick<Catalog, "get">, id: string): Promise<Picture> {
  const found = await catalog.get(id);
  if (found === undefined || !maySee(caller, found)) throw noPicture(id);
  return shownTo(caller, found);
}

/** A sender does not learn which of the reviewers decided, and no person which operator deletes, or where originals lie. */
function shownTo(caller: Caller, found: Picture): Picture {
  if (caller.kind === "operator") return found;
  const { forgottenBy: _by, archive: _place, ...shown } = { forgottenBy: undefined, ...found };
  if (caller.reviewer || shown.reviewedBy === undefined) return shown as Picture;
  const { reviewedBy: _, ...rest } = shown;
  return ("acceptedBy" in rest ? { ...rest, acceptedBy: "a reviewer" } : rest) as Picture;
}

const owns = (caller: Caller, { uploader }: Picture) => caller.kind === "operator" || caller.email === uploader;

const maySee = (caller: Caller, found: Picture) =>
  owns(caller, found) || (caller.kind === "person" && caller.reviewer && found.status === "review");

export const noPicture = (id: string) => problem("NO_PICTURE", `There is no picture ${id.slice(0, 50)}.`);

function limitOf(text = "50"): number {
  const limit = text === "" ? Number.NaN : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit;
  throw problem("BAD_LIMIT", `Expected a limit from 1 to 200, received ${text.slice(0, 50)}.`);
}

export function pageOf(next: string | undefined): string | undefined {
  if (next === undefined || !Number.isNaN(Date.parse(next))) return next;
  throw problem("BAD_PAGE", "Expected the `next` of an earlier answer.");
}
