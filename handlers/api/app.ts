import type { OpenAPIHono } from "@hono/zod-openapi";
import type { PeopleOptions } from "../../options.ts";
import { allowedBy } from "./allowed.ts";
import { type DigestRouteDeps, digestRoutes } from "./digest.ts";
import { type ExportRouteDeps, exportRoutes } from "./exports.ts";
import { createFrame, type FrameDeps } from "./frame.ts";
import { type HealthRouteDeps, healthRoutes } from "./health.ts";
import { type PictureDeps, pictureRoutes } from "./pictures.ts";
import { type RedriveRouteDeps, redriveRoutes } from "./redrive.ts";
import { type RegionRouteDeps, regionRoutes } from "./regions.ts";
import { type RestoreRouteDeps, restoreRoutes } from "./restore.ts";
import { type ReviewDeps, reviewRoutes } from "./reviews.ts";
import { sessionCookie } from "./session-cookie.ts";
import { type SessionDeps, sessionRoutes } from "./sessions.ts";
import { type SignInDeps, signInRoutes } from "./sign-in.ts";
import { type SourceDeps, sourceRoutes } from "./sources.ts";
import { type StatusDeps, statusRoutes } from "./status.ts";
import type { HonoEnv, People } from "./types.ts";
import { type UploadDeps, uploadRoutes } from "./uploads.ts";

export type ApiDeps = Omit<
  FrameDeps &
    SignInDeps &
    SessionDeps &
    PictureDeps &
    UploadDeps &
    ReviewDeps &
    RestoreRouteDeps &
    SourceDeps &
    StatusDeps &
    DigestRouteDeps &
    RedriveRouteDeps &
    RegionRouteDeps &
    HealthRouteDeps &
    ExportRouteDeps,
  "allowed" | "cookie" | "people"
> & {
  readonly people: People;
  /** Whom the stack's settings let in. */
  readonly invited: PeopleOptions;
};

/** The HTTP API of a stack, under `/api`. */
export function createApi({ invited, ...given }: ApiDeps): OpenAPIHono<HonoEnv> {
  const deps = { ...given, allowed: allowedBy(invited), cookie: sessionCookie(given.siteUrl) };
  const routes = [
    signInRoutes(deps),
    sessionRoutes(deps),
    uploadRoutes(deps),
    pictureRoutes(deps),
    reviewRoutes(deps),
    restoreRoutes(deps),
    sourceRoutes(deps),
    statusRoutes(deps),
    digestRoutes(deps),
    redriveRoutes(deps),
    exportRoutes(deps),
    regionRoutes(deps),
  ];
  return createFrame(deps, routes, [healthRoutes(deps)]);
}
