import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { LimitOptions } from "../options.ts";
import { endOfName } from "./keys.ts";
import { uploadPrefix } from "./object-keys.ts";
import { pictureIdOf } from "./picture-id.ts";
import { tooLarge } from "./pixels/reasons.ts";
import type { Catalog } from "./ports.ts";
import type { Picture, Reason, Status } from "./record.ts";

export interface SignedUpload {
  readonly url: string;
  /** Form fields that go before the file. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface ApiDeps {
  readonly catalog: Catalog;
  /** Signs one upload: exactly this key, this type, this many bytes, these metadata, for ten minutes. */
  readonly sign: (upload: {
    key: string;
    type: string;
    bytes: number;
    metadata: Record<string, string>;
  }) => Promise<SignedUpload>;
  readonly limits: LimitOptions;
  readonly now: () => Date;
  /** Who calls, from what the host hands over beside the request. */
  readonly callerOf: (bindings: unknown) => string;
}

/** The HTTP API of a stack. Errors are problem+json (RFC 9457) with a sentence and a code. */
export function createApi({ catalog, sign, limits, now, callerOf }: ApiDeps): Hono {
  const api = new Hono().basePath("/api");

  api.get("/pictures", async (c) => {
    const ids = c.req.query("ids");
    if (ids !== undefined) {
      const found = await Promise.all(ids.split(",", 100).map((id) => catalog.get(id)));
      return c.json({ pictures: found.filter((picture) => picture !== undefined) });
    }
    const limit = Number(c.req.query("limit") ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > 200)
      throw problem(400, "BAD_LIMIT", `Expected a limit from 1 to 200, received ${c.req.query("limit")}.`);
    const next = c.req.query("next");
    if (next !== undefined && Number.isNaN(Date.parse(next)))
      throw problem(400, "BAD_PAGE", "Expected the `next` of an earlier answer.");
    return c.json(await catalog.list({ limit, next }));
  });

  api.get("/pictures/:id", async (c) => c.json(await pictureOr404(catalog, c.req.param("id"))));

  api.post("/uploads", async (c) => {
    const { files } = await body(c);
    if (!Array.isArray(files) || files.length < 1 || files.length > 100)
      throw problem(400, "BAD_FILES", "Expected `files`, a list of 1 to 100 of {name, type, bytes}.");
    return c.json({ uploads: await Promise.all(files.map(upload)) });
  });

  async function upload(file: unknown): Promise<({ pictureId: string } & SignedUpload) | { error: Reason }> {
    const { name, type, bytes } = (file ?? {}) as Record<string, unknown>;
    if (typeof name !== "string" || typeof type !== "string" || !Number.isInteger(bytes) || Number(bytes) < 0)
      return {
        error: {
          code: "BAD_FILE",
          sentence: "Expected a file's name, its type, and its size as a whole number of bytes.",
        },
      };
    const refusal = tooLarge(Number(bytes), limits);
    if (refusal) return { error: refusal };
    const key = `${uploadPrefix}${randomUUID()}`;
    // S3 takes 2 KB of metadata in all.
    const metadata = { name: encodeURIComponent(endOfName(name, 1000)) };
    const signed = await sign({
      key,
      type: imageType.test(type) ? type : "application/octet-stream",
      bytes: Number(bytes),
      metadata,
    });
    return { pictureId: pictureIdOf("upload", key, "1"), ...signed };
  }

  api.post("/pictures/:id/review", async (c) => {
    const { verdict, reason } = await body(c);
    if ((verdict !== "accept" && verdict !== "reject") || typeof reason !== "string" || reason.length > 500)
      throw problem(
        400,
        "BAD_REVIEW",
        "Expected {verdict: accept | reject, reason: a sentence of at most 500 characters}.",
      );
    const picture = await pictureOr404(catalog, c.req.param("id"));
    if (picture.status !== "review")
      throw problem(409, "NOT_IN_REVIEW", `Expected a picture in review, but it is ${picture.status}.`);
    const at = now().toISOString();
    const reviewer = callerOf(c.env);
    const reviewed = { ...picture, reviewedBy: reviewer, changedAt: at };
    const { reason: _, ...cleared } = reviewed;
    const moved = await catalog.move(
      "review",
      verdict === "accept"
        ? { ...cleared, status: "accepted", acceptedBy: reviewer, acceptedAt: at }
        : {
            ...reviewed,
            status: "rejected",
            reason: { code: "REVIEWED", sentence: reason || "A person looked at this picture and refused it." },
          },
    );
    if (!moved) throw problem(409, "NOT_IN_REVIEW", "Somebody else decided a moment ago.");
    return c.json(await pictureOr404(catalog, picture.pictureId));
  });

  api.get("/status", async (c) => {
    const oldest = new Date(now().getTime() - 31 * 24 * 3600_000).toISOString();
    const counts: Partial<Record<Status, number>> = {};
    let next: string | undefined;
    do {
      const page = await catalog.list({ limit: 200, next });
      for (const { status, enteredAt } of page.pictures)
        if (enteredAt >= oldest) counts[status] = (counts[status] ?? 0) + 1;
      next = page.next;
    } while (next !== undefined && next > oldest);
    return c.json({ counts });
  });

  api.notFound((c) => asProblem(c, 404, "NO_ROUTE", `There is nothing at ${c.req.method} ${c.req.path}.`));
  api.onError((error, c) => {
    if (error instanceof HTTPException) return asProblem(c, error.status, String(error.cause), error.message);
    throw error;
  });
  return api;
}

const imageType = /^image\/[a-z0-9.+-]{1,40}$/;

async function pictureOr404(catalog: Catalog, id: string): Promise<Picture> {
  const picture = await catalog.get(id);
  if (picture === undefined) throw problem(404, "NO_PICTURE", `There is no picture ${id.slice(0, 50)}.`);
  return picture;
}

async function body(c: Context): Promise<Record<string, unknown>> {
  const value: unknown = await c.req.json().catch(() => undefined);
  if (typeof value !== "object" || value === null)
    throw problem(400, "BAD_JSON", "Expected a JSON object as the body.");
  return value as Record<string, unknown>;
}

const problem = (status: 400 | 404 | 409, code: string, detail: string) =>
  new HTTPException(status, { message: detail, cause: code });

/** RFC 9457. */
const asProblem = (c: Context, status: number, code: string, detail: string) =>
  c.body(JSON.stringify({ type: "about:blank", title: code, status, detail, code }), status as 400, {
    "content-type": "application/problem+json",
  });
