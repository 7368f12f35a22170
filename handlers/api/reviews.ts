import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Catalog } from "../ports.ts";
import type { Picture, PictureIn } from "../record.ts";
import type { Remind } from "../reminder.ts";
import { giveWay } from "../step.ts";
import { nameOf, staff } from "./callers.ts";
import { noPicture, pageOf } from "./pictures.ts";
import { type PreviewDeps, previewsIn } from "./previews.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody, picture, pictureParams } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

/** What a reviewer said of a picture. */
export interface Decision {
  readonly pictureId: string;
  readonly verdict: "accept" | "reject";
  readonly reason: string;
  /** The reviewer's address, or the operator's ARN. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** Somebody else was faster: it was said, but is no decision. */
  readonly lost?: boolean;
}

/** The trail of decisions: what is added stays. */
export interface Audit {
  /** Answers false, and adds nothing, when somebody spoke of this picture in the very same moment. */
  add(decision: Decision): Promise<boolean>;
  /** Says of a decision on the trail that it did not take. */
  lose(decision: Decision): Promise<void>;
  /** Newest first. */
  last(count: number): Promise<readonly Decision[]>;
}

export interface ReviewDeps extends CommonDeps, PreviewDeps {
  readonly catalog: Pick<Catalog, "get" | "list" | "move">;
  readonly audit: Audit;
  readonly remind: Remind;
}

const verdict = z.enum(["accept", "reject"]);
const said = z
  .object({
    verdict,
    reason: z
      .string()
      .trim()
      .max(500)
      .openapi({ description: "A sentence; needed to reject, and shown to the sender" }),
  })
  .refine((review) => review.verdict === "accept" || review.reason !== "", {
    error: "expected a reason to reject",
    path: ["reason"],
  });

const reviews = createRoute({
  method: "get",
  path: "/reviews",
  summary: "Pictures that wait for a decision, and the latest decisions",
  description: "For reviewers. `next` is there while older pictures wait.",
  request: { query: z.object({ next: z.string().optional() }) },
  responses: {
    200: json(
      z.object({
        pictures: z.array(picture),
        decisions: z.array(
          z.object({
            pictureId: z.string(),
            verdict,
            reason: z.string(),
            by: z.string(),
            at: z.string(),
            name: z.string().openapi({ description: "The picture's; empty once it is forgotten" }),
          }),
        ),
        next: z.string().optional(),
      }),
      "Both, newest first",
    ),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "BAD_PAGE"),
  },
});

const review = createRoute({
  method: "post",
  path: "/pictures/{id}/review",
  summary: "Decide about a picture in review",
  request: { params: pictureParams, ...jsonBody(said) },
  responses: {
    200: json(picture, "Its record"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED", "NO_PICTURE", "NOT_IN_REVIEW", "BAD_REVIEW", ...whenSending),
  },
});

const latest = 50;
/** Pictures for one answer. */
const atOnce = 200;

export const reviewRoutes = (deps: ReviewDeps) => {
  const { catalog, audit, remind, now, log } = deps;
  const previews = previewsIn(deps);
  return new OpenAPIHono<HonoEnv>()
    .openapi(reviews, async (c) => {
      staff(c);
      const [waiting, decisions] = await Promise.all([
        catalog.list({ limit: atOnce, next: pageOf(c.req.valid("query").next), of: { status: "review" } }),
        audit.last(latest),
      ]);
      // The trail keeps no names, so that a forgotten picture's is gone from it too.
      const named = decisions
        .filter(({ lost }) => !lost)
        .map(async (decision) => ({ ...decision, name: (await catalog.get(decision.pictureId))?.name ?? "" }));
      const pictures = [...waiting.pictures];
      return c.json({ pictures, next: waiting.next, decisions: await Promise.all(named) }, 200);
    })
    .openapi(
      review,
      async (c) => {
        const by = nameOf(staff(c));
        const { id } = c.req.valid("param");
        const { verdict, reason } = c.req.valid("json");
        const found = await catalog.get(id);
        if (found === undefined) throw noPicture(id);
        if (found.status !== "review") {
          // Of one who died between the decision and this, it is still there.
          await previews.remove(found);
          await giveWay(deps, "review", found);
          throw problem("NOT_IN_REVIEW", `Expected a picture in review, but it is ${found.status}.`);
        }
        const at = now().toISOString();
        const decided = decide(found, { verdict, reason, by, at });
        // The trail first. It tells what was said, which stays true if this process dies now and the picture is
        // asked about again; the other way round a picture could be out with nobody on record for it.
        // A transaction would tell which verdict took, but the laptop's DynamoDB has none: the one that did not is marked.
        const spoken = { pictureId: id, verdict, reason, by, at };
        const written = await audit.add(spoken);
        if (written) await remind(decided);
        const moved = written && ((await catalog.move("review", decided)) || (await stands(catalog, decided)));
        if (written && !moved) {
          await audit.lose(spoken);
          await giveWay(deps, "review", await catalog.get(id));
        }
        if (!moved) throw problem("NOT_IN_REVIEW", "Somebody else decided a moment ago.");
        await previews.remove(found);
        const code = decided.status === "rejected" ? decided.reason.code : undefined;
        log(decided.status, { pictureId: id, reviewed: verdict, reason: code });
        return c.json(decided, 200);
      },
      invalid("BAD_REVIEW"),
    );
};

function decide(found: PictureIn<"review">, { verdict, reason, by, at }: Omit<Decision, "pictureId">): Picture {
  const reviewed = { ...found, reviewedBy: by, changedAt: at };
  if (verdict === "reject") return { ...reviewed, status: "rejected", reason: { code: "REVIEWED", sentence: reason } };
  const { reason: _doubt, ...cleared } = reviewed;
  return { ...cleared, status: "accepted", acceptedBy: by, acceptedAt: at };
}

/** Whether a refused move had been made all the same: its answer was lost, and the client tried again. */
async function stands(catalog: Pick<Catalog, "get">, decided: Picture): Promise<boolean> {
  const found = await catalog.get(decided.pictureId);
  return found?.reviewedBy === decided.reviewedBy && momentOf(found) === momentOf(decided);
}

/** Of the decision. What is accepted may have moved on since. */
const momentOf = (picture: Picture | undefined) =>
  picture && ("acceptedAt" in picture ? picture.acceptedAt : picture.changedAt);
