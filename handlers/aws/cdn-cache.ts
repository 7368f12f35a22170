import { setTimeout } from "node:timers/promises";
import {
  type CloudFrontClient,
  CreateInvalidationCommand,
  TooManyInvalidationsInProgress,
} from "@aws-sdk/client-cloudfront";

/** Between two tries while CloudFront has its hands full, which takes it minutes at worst. In all less than a function's minute. */
const pauses = [5_000, 10_000, 15_000];

/**
 * Has a distribution's caches forget what lies under a prefix. CloudFront takes a request it has seen
 * for the same, and works on 15 prefixes at a time: another waits a while for its turn.
 * @throws TooManyInvalidationsInProgress when it did not come
 */
export const cdnCache =
  (client: CloudFrontClient, distributionId: string, rest: (ms: number) => Promise<void> = (ms) => setTimeout(ms)) =>
  async (prefix: string, request: string): Promise<void> => {
    const command = new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: request, Paths: { Quantity: 1, Items: [`/${prefix}*`] } },
    });
    for (const pause of [...pauses, undefined])
      try {
        await client.send(command);
        return;
      } catch (error) {
        if (!(error instanceof TooManyInvalidationsInProgress) || pause === undefined) throw error;
        await rest(pause);
      }
  };
