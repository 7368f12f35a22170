import type { Checked } from "../../settings-schema.ts";
import { type PriceName, prices } from "./prices.ts";

export interface Standing {
  readonly item: string;
  readonly quantity: number;
  readonly price: PriceName;
  /** US dollars in a month. */
  readonly dollars: number;
}

/**
 * What a stack costs in a month while nothing happens, without sources, digest, export and what a domain costs.
 * tests/cli/cost-standing.test.ts counts the resources in the graph.
 */
export function standingOf({ alarms, compression, moderatorToken }: Checked): readonly Standing[] {
  const secrets = 1 + (compression.kind === "tinify" ? 1 : 0) + (moderatorToken === undefined ? 0 : 1);
  const of = (item: string, price: PriceName, quantity: number): Standing => ({
    item,
    quantity,
    price,
    dollars: quantity * prices[price].dollars,
  });
  return [
    of("firewall", "webAcl", 1),
    of("its rules", "webAclRule", standing.rules),
    of("secrets", "secret", secrets),
    of("dashboard", "dashboard", 1),
    of("metrics, one for each actor and reason at the least", "metric", standing.metrics),
    ...(alarms.enabled
      ? [of("alarms", "alarm", standing.alarms), of("metrics of the mappings", "metric", standing.mappingMetrics)]
      : []),
    // Lambda asks each queue five times at once, for twenty seconds each.
    of("asking two queues that are empty", "queueRequest", (2 * 5 * 30.4 * 24 * 3600) / 20),
  ].filter(({ quantity }) => quantity > 0);
}

export const standing = { rules: 6, metrics: 21, alarms: 68, mappingMetrics: 7 * 6 } as const;
