import { type CloudFrontClient, CreateInvalidationCommand } from "@aws-sdk/client-cloudfront";

/** Has a distribution's caches forget what lies under a prefix. CloudFront takes a request it has seen for the same. */
export const cdnCache =
  (client: CloudFrontClient, distributionId: string) =>
  async (prefix: string, request: string): Promise<void> => {
    await client.send(
      new CreateInvalidationCommand({
        DistributionId: distributionId,
        InvalidationBatch: { CallerReference: request, Paths: { Quantity: 1, Items: [`/${prefix}*`] } },
      }),
    );
  };
