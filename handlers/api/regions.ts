import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { heirAmong, type OwnReplica, type RegionState, type Replica, statesOf } from "../regions/state.ts";
import { type UnfinishedDeps, unfinishedIn } from "../regions/unfinished.ts";
import { operator } from "./callers.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody } from "./shapes.ts";
import type { CommonDeps, HonoEnv } from "./types.ts";

export interface RegionRouteDeps extends CommonDeps, UnfinishedDeps {
  /** Of the stack; the first is home to what there is once. */
  readonly regions: readonly string[];
  readonly here: OwnReplica;
  readonly peers: readonly Replica[];
}

const regionShape = z.object({
  region: z.string(),
  out: z.boolean().openapi({ description: "Whether the others take over from it" }),
  since: z.string().optional().openapi({ description: "When that was said", format: "date-time" }),
  by: z.string().optional(),
  answers: z.boolean().openapi({ description: "Whether its replica of the catalog can be reached from here" }),
  agrees: z.boolean().openapi({ description: "Whether it has heard what was last said of it" }),
  unfinished: z.int().openapi({ description: "Pictures at home there that are still on their way" }),
});

const read = createRoute({
  method: "get",
  path: "/regions",
  summary: "The stack's Regions, which of them are out, and what they have not finished",
  description: "For operators.",
  security: [{ operator: [] }],
  responses: {
    200: json(z.object({ here: z.string(), regions: z.array(regionShape) }), "Each Region, the first first"),
    ...problemsOf("SIGN_IN_FIRST", "NOT_ALLOWED"),
  },
});

const say = createRoute({
  method: "post",
  path: "/regions/{region}",
  summary: "Take a Region out of service, or bring it back",
  description:
    "For operators, by the API of another Region. What a Region that is out has not finished is taken over by the first that is left.",
  security: [{ operator: [] }],
  request: {
    params: z.object({ region: z.string().max(30) }),
    ...jsonBody(z.object({ out: z.boolean() })),
  },
  responses: {
    200: json(regionShape.pick({ region: true, out: true, since: true, by: true }), "What holds from now on"),
    ...problemsOf(
      "SIGN_IN_FIRST",
      "NOT_ALLOWED",
      "BAD_REGION",
      "NO_REGION",
      "OWN_REGION",
      "LAST_REGION",
      "NOT_AGREED",
      "BUSY",
      ...whenSending,
    ),
  },
});

export const regionRoutes = (deps: RegionRouteDeps) =>
  new OpenAPIHono<HonoEnv>()
    .openapi(read, async (c) => {
      operator(c);
      const { regions, here } = deps;
      const states = await statesOf(here, regions);
      const found = regions.map(async (region) => ({
        ...said(region, states.get(region)),
        ...(await heardBy(region, states.get(region), deps)),
        unfinished: await unfinishedOf(region, deps),
      }));
      return c.json({ here: here.region, regions: await Promise.all(found) }, 200);
    })
    .openapi(
      say,
      async (c) => {
        const { arn } = operator(c);
        const { regions, here, now, log } = deps;
        const { region } = c.req.valid("param");
        const { out } = c.req.valid("json");
        if (!regions.includes(region))
          throw problem("NO_REGION", `Expected one of ${regions.join(", ")}, received ${region}.`);
        if (region === here.region)
          throw problem("OWN_REGION", `Expected to be asked by the API of another Region than ${region}.`);
        const states = await statesOf(here, regions);
        const before = states.get(region);
        if (out === (before?.out ?? false)) return c.json(said(region, before), 200);
        const state: RegionState = { out, at: now().toISOString(), by: arn };
        if (out && heirAmong(regions, new Map(states).set(region, state)) === undefined)
          throw problem("LAST_REGION", `Expected a Region to be left, but without ${region} there is none.`);
        if (!out && !(await heardBy(region, before, deps)).agrees)
          throw problem(
            "NOT_AGREED",
            `Expected ${region} to have heard that it is out, since ${before?.at}. It cannot be reached yet, or has not caught up. Try again in a minute.`,
          );
        if (!(await here.say(region, state, before)))
          throw problem("BUSY", `Somebody else has just said something of ${region}. Look again.`);
        log(out ? "region out" : "region back", { region, by: arn });
        return c.json(said(region, state), 200);
      },
      invalid("BAD_REGION"),
    );

const said = (region: string, state: RegionState | undefined) => ({
  region,
  out: state?.out ?? false,
  since: state?.at,
  by: state?.by,
});

/** What the Region itself knows of what was said of it. */
async function heardBy(region: string, state: RegionState | undefined, { here, peers }: RegionRouteDeps) {
  if (region === here.region) return { answers: true, agrees: true };
  try {
    const known = await peers.find((peer) => peer.region === region)?.state(region);
    return { answers: true, agrees: known?.at === state?.at };
  } catch {
    // That it does not answer is what was asked.
    return { answers: false, agrees: false };
  }
}

async function unfinishedOf(region: string, deps: RegionRouteDeps): Promise<number> {
  let count = 0;
  for await (const pictures of unfinishedIn(region, deps)) count += pictures.length;
  return count;
}
