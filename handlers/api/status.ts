import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { DeadLetters } from "../dead-letters.ts";
import type { DeadQueue } from "../dead-queue.ts";
import { endedBy, stillAfterMs } from "../moving.ts";
import type { Catalog } from "../ports.ts";
import type { Actor, Status } from "../record.ts";
import { operator } from "./callers.ts";
import { type CostDeps, costs } from "./costs.ts";
import { problemsOf } from "./problems.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface StatusDeps extends Pick<CommonDeps, "now">, CostDeps {
  readonly catalog: Pick<Catalog, "tally">;
  readonly letters: Pick<DeadLetters, "page">;
  readonly queues: readonly Pick<DeadQueue, "actor" | "count">[];
  readonly unheard: StatusDeps["queues"];
}

const stuckPicture = z.object({
  pictureId: z.string(),
  name: z.string(),
  status: z.string(),
  actor: z.string().openapi({ description: "Whose turn it is", example: "resize" }),
  since: z.string().openapi({ format: "date-time" }),
  woken: z.int().openapi({ description: "Times it was woken since it stands there" }),
});
const shape = z.object({
  counts: z.record(z.string(), z.int()).openapi({ description: "Pictures by status" }),
  stuck: z.object({
    count: z.int().openapi({ description: "Pictures that have stood at a step for over half an hour" }),
    pictures: z.array(stuckPicture).openapi({ description: "A hundred of them at most, by how long they stand" }),
  }),
  deadLetters: z.object({
    groups: z.array(z.object({ actor: z.string(), reason: z.string(), count: z.int() })),
    more: z.boolean().openapi({ description: "There are more letters than were counted" }),
  }),
  costs,
});

const status = createRoute({
  method: "get",
  path: "/status",
  summary: "How many pictures of the last 31 days stand where, and what was spent this month",
  description: "For operators.",
  security: [{ operator: [] }],
  responses: {
    200: {
      description: "Counts by status, what stands still, what was given up, and costs by provider",
      content: { "application/json": { schema: shape } },
    },
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

const mostLetters = 300;
const mostShown = 100;

export const statusRoutes = ({ catalog, letters, queues, unheard, spending, now }: StatusDeps) =>
  new OpenAPIHono<HonoEnv>().openapi(status, async (c) => {
    operator(c);
    const oldest = new Date(now().getTime() - 31 * 24 * 3600_000).toISOString();
    const still = new Date(now().getTime() - stillAfterMs).toISOString();
    const stuck: z.infer<typeof shape>["stuck"] = { count: 0, pictures: [] };
    const counts = await catalog.tally(oldest, ({ pictureId, name, status, changedAt: since, woken = 0 }) => {
      const actor = actorAt(status);
      if (actor === undefined || since >= still) return;
      stuck.count += 1;
      if (stuck.pictures.length < mostShown) stuck.pictures.push({ pictureId, name, status, actor, since, woken });
    });
    stuck.pictures.sort((a, b) => (a.since < b.since ? -1 : 1));
    const deadLetters = await givenUp(letters, [...queues, ...unheard]);
    return c.json({ counts, stuck, deadLetters, costs: [...(await spending(now()))] }, 200);
  });

const actorAt = (status: Status) => (endedBy as Partial<Record<Status, Actor>>)[status];

async function givenUp(letters: StatusDeps["letters"], queues: StatusDeps["queues"]) {
  const found: { actor: string; reason: string; count: number }[] = [];
  const add = (actor: string, reason: string, count: number) => {
    const group = found.find((each) => each.actor === actor && each.reason === reason);
    if (group) group.count += count;
    else if (count > 0) found.push({ actor, reason, count });
  };
  const page = await letters.page({ limit: mostLetters });
  for (const { actor, reason } of page.letters) add(actor, reason, 1);
  for (const queue of queues) add(queue.actor, "RETRIES_SPENT", await queue.count());
  return { groups: found.sort((a, b) => b.count - a.count), more: page.next !== undefined };
}
