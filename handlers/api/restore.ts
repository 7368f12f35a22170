import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Catalog } from "../ports.ts";
import type { Archived, Picture, Tier } from "../record.ts";
import { nameOf, operator } from "./callers.ts";
import { noPicture } from "./pictures.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody, picture, pictureParams } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface RestoreRouteDeps extends CommonDeps {
  readonly catalog: Pick<Catalog, "get" | "amend">;
}

const wish = z.object({
  tier: z
    .enum(["bulk", "standard", "expedited"] satisfies Tier[])
    .default("standard")
    .openapi({ description: "How fast S3 reads from the archive; the faster, the dearer" }),
  days: z.int().min(1).max(365).default(7).openapi({ description: "For which it stays before it is archived again" }),
});

const refusals = [
  "SIGN_IN_FIRST",
  "NOT_ALLOWED",
  "NO_PICTURE",
  "NOT_ARCHIVED",
  "NOT_SO_FAST",
  "BUSY",
  "BAD_RESTORE",
] as const;

const restore = createRoute({
  method: "post",
  path: "/pictures/{id}/restore",
  summary: "Bring a picture's original back from the archive",
  description:
    "For operators. Takes minutes to two days, by class and tier; the record's `archive.restored` says when it is there. Asking again while it is under way is no mistake.",
  security: [{ operator: [] }],
  request: { params: pictureParams, ...jsonBody(wish) },
  responses: {
    202: json(picture, "Its record: it is on its way"),
    ...problemsOf(...refusals, ...whenSending),
  },
});

export const restoreRoutes = ({ catalog, now, log }: RestoreRouteDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(
    restore,
    async (c) => {
      const by = nameOf(operator(c));
      const { id } = c.req.valid("param");
      const { tier, days } = c.req.valid("json");
      const found = await catalog.get(id);
      if (found === undefined) throw noPicture(id);
      const archive = archiveOf(found);
      if (tier === "expedited" && archive.class === "DEEP_ARCHIVE")
        throw problem("NOT_SO_FAST", "Nothing comes fast out of DEEP_ARCHIVE: ask for standard (12 h) or bulk (48 h).");
      const at = now().toISOString();
      const { restored: _before, ...kept } = archive;
      const wished = { ...kept, turn: archive.turn + 1, restoring: { at, by, tier, days } };
      // The change of the record wakes whoever does it, once more where an earlier wish came to nothing.
      if (!(await catalog.amend(found, { changedAt: at, archive: wished })))
        throw problem("BUSY", "This picture changed in this moment. Try again.", { "retry-after": "2" });
      log("restore asked for", { pictureId: id, tier, days });
      return c.json({ ...found, changedAt: at, archive: wished }, 202);
    },
    invalid("BAD_RESTORE"),
  );

/** @throws Problem `NOT_ARCHIVED` */
function archiveOf({ status, archive, deletedAt }: Picture): Archived {
  if (status === "published" && archive !== undefined) return archive;
  const how = deletedAt === undefined ? "and its original has not gone there" : `and was deleted on ${deletedAt}`;
  throw problem(
    "NOT_ARCHIVED",
    `Expected a published picture whose original is in the archive, but this one is ${status} ${how}.`,
  );
}
