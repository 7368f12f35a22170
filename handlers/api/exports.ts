import { randomUUID } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { ExportPlace } from "../env.ts";
import { countDays } from "../export/days.ts";
import type { ExportCall, ExportProgress } from "../export/export.ts";
import { askedKey, partKey, type TableName } from "../export/keys.ts";
import type { ObjectStore } from "../ports.ts";
import { operator } from "./callers.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

/** What the API needs to have exports made, and to hand them out. */
export interface Exporting {
  readonly place: Omit<ExportPlace, "function">;
  /** The bucket of the exports. */
  readonly store: Pick<ObjectStore, "read" | "write">;
  /** An address at which an object can be fetched for a while. */
  readonly sign: (key: string) => Promise<string>;
  readonly wake: (call: ExportCall) => Promise<void>;
}

export interface ExportRouteDeps extends Pick<CommonDeps, "log"> {
  /** Undefined where the stack exports nothing. */
  readonly exporting?: Exporting;
}

const mostDays = 366;
/** Of what is kept of an export: far more than so many days take. */
const mostBytes = 1024 * 1024;

const day = z.iso.date().openapi({ description: "By UTC", example: "2026-11-23" });
const range = z
  .object({ from: day, to: day })
  .refine(({ from, to }) => from <= to, { error: "expected it not to be before from", path: ["to"] })
  .refine(({ from, to }) => countDays(from, to) <= mostDays, {
    error: `expected at most ${mostDays} days`,
    path: ["to"],
  });

const begin = createRoute({
  method: "post",
  path: "/exports",
  summary: "Export some days now",
  description:
    "For operators. Writes the pictures that entered on these days over what was exported of them before; a first export of what came before exports began as well.",
  security: [{ operator: [] }],
  request: jsonBody(range),
  responses: {
    202: json(z.object({ id: z.string() }), "It is under way"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "EXPORTS_OFF", ...whenSending),
  },
});

const follow = createRoute({
  method: "get",
  path: "/exports/{id}",
  summary: "How far an export is, and its files once it is finished",
  security: [{ operator: [] }],
  request: { params: z.object({ id: z.string().openapi({ description: "Of the answer to its beginning" }) }) },
  responses: {
    200: json(
      z.object({
        from: day,
        to: day,
        finished: z.boolean(),
        days: z
          .array(z.object({ day, pictures: z.int(), renditions: z.int() }).openapi({ description: "Rows" }))
          .readonly(),
        of: z.int().openapi({ description: "How many days it has" }),
        files: z
          .array(z.object({ day, table: z.enum(["pictures", "renditions"]), url: z.string() }))
          .openapi({ description: "Parquet, to be fetched within a quarter of an hour; none before it is finished" }),
      }),
      "For a week",
    ),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "EXPORTS_OFF", "NO_EXPORT"),
  },
});

const target = createRoute({
  method: "get",
  path: "/exports",
  summary: "Where Athena finds what was exported",
  security: [{ operator: [] }],
  responses: {
    200: json(
      z.object({ bucket: z.string(), region: z.string(), database: z.string(), workgroup: z.string() }),
      "What a data source has to name",
    ),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "EXPORTS_OFF"),
  },
});

export const exportRoutes = ({ exporting, log }: ExportRouteDeps) =>
  new OpenAPIHono<HonoEnv>()
    .openapi(
      begin,
      async (c) => {
        operator(c);
        const { from, to } = c.req.valid("json");
        const { store, wake } = expected(exporting);
        const id = randomUUID();
        const progress: ExportProgress = { from, to, finished: false, days: [] };
        await store.write(askedKey(id), Buffer.from(JSON.stringify(progress)), { contentType: "application/json" });
        await wake({ asked: { id, from, to } });
        log("export asked for", { id, from, to });
        return c.json({ id }, 202);
      },
      invalid("BAD_REQUEST"),
    )
    .openapi(follow, async (c) => {
      operator(c);
      const { id } = c.req.valid("param");
      const { store, sign } = expected(exporting);
      const kept = isId(id) ? await store.read(askedKey(id), mostBytes) : undefined;
      if (kept === undefined)
        throw problem("NO_EXPORT", `There is no export ${id.slice(0, 50)}, or it was asked for over a week ago.`);
      const progress = JSON.parse(kept.toString()) as ExportProgress;
      const { from, to, finished, days } = progress;
      const file = async (on: string, table: TableName) => ({ day: on, table, url: await sign(partKey(table, on)) });
      const files = finished ? days.flatMap((each) => tables.map((table) => file(each.day, table))) : [];
      return c.json({ from, to, finished, days, of: countDays(from, to), files: await Promise.all(files) }, 200);
    })
    .openapi(target, async (c) => {
      operator(c);
      const { bucket, region, database, workgroup } = expected(exporting).place;
      return c.json({ bucket, region, database, workgroup }, 200);
    });

const tables: readonly TableName[] = ["pictures", "renditions"];

/** It becomes a part of a key. */
const isId = (text: string) => z.uuid().safeParse(text).success;

/** @throws Problem `EXPORTS_OFF` */
function expected(exporting: Exporting | undefined): Exporting {
  if (exporting !== undefined) return exporting;
  throw problem("EXPORTS_OFF", "Expected a stack that exports its catalog, but darkroom:export is not set.");
}
