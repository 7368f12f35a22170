import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createFence, type Fence } from "../regions/fence.ts";
import type { StepDeps } from "../step.ts";
import { peersOf, replica } from "./replica.ts";

/** The fence of a function, over the catalog's replicas in all of the stack's Regions. */
export const fenceOf = (
  env: { readonly CATALOG_TABLE: string; readonly REGIONS: readonly string[] },
  { documents, place, now, log }: StepDeps & { readonly documents: DynamoDBDocumentClient },
): Fence =>
  createFence({
    here: replica(documents, env.CATALOG_TABLE, place.region),
    peers: peersOf(env, place.region),
    now,
    log,
  });
