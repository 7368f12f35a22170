import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createFence, type Fence } from "../regions/fence.ts";
import type { StepDeps } from "../step.ts";
import { peerClient, replica } from "./replica.ts";

/** The fence of a function, over the catalog's replicas in all of the stack's Regions. */
export function fenceOf(
  { CATALOG_TABLE, REGIONS }: { readonly CATALOG_TABLE: string; readonly REGIONS: readonly string[] },
  { documents, place, now, log }: StepDeps & { readonly documents: DynamoDBDocumentClient },
): Fence {
  const peers = REGIONS.filter((region) => region !== place.region);
  return createFence({
    here: replica(documents, CATALOG_TABLE, place.region),
    peers: peers.map((region) => replica(peerClient(region), CATALOG_TABLE, region)),
    now,
    log,
  });
}
