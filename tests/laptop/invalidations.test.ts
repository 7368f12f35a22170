import { CloudFrontClient, CreateInvalidationCommand, GetInvalidationCommand } from "@aws-sdk/client-cloudfront";
import { describe, expect, it, onTestFinished } from "vitest";
import { createInvalidations } from "../../local/aws/cloudfront/invalidations.ts";
import { account, credentials, knowing, region } from "./caller.ts";
import { serve } from "./serve.ts";

const arnOf = (id: string) => `arn:aws:cloudfront::${account}:distribution/${id}`;
const deps = knowing({
  Effect: "Allow",
  Action: "cloudfront:CreateInvalidation",
  Resource: [arnOf("E1"), arnOf("E9")],
});

async function clientOf(secretAccessKey = credentials.secretAccessKey) {
  const distributions = new Map(["E1", "E2"].map((id) => [id, arnOf(id)]));
  const endpoint = createInvalidations({ distributions, deps });
  const url = await serve((...exchange) => void endpoint(...exchange));
  const client = new CloudFrontClient({
    region,
    endpoint: `${url}/aws/cloudfront`,
    credentials: { ...credentials, secretAccessKey },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}
const invalidation = (DistributionId: string, Items = ["/7/*", "/a&b"]) =>
  new CreateInvalidationCommand({
    DistributionId,
    InvalidationBatch: { CallerReference: "7", Paths: { Quantity: Items.length, Items } },
  });

describe("an invalidation", () => {
  it("is done at once, and says what it was of", async () => {
    const { Invalidation, Location } = await (await clientOf()).send(invalidation("E1"));
    expect(Invalidation).toMatchObject({
      Id: expect.stringMatching(/^I[0-9A-F]{13}$/),
      Status: "Completed",
      CreateTime: expect.any(Date),
      InvalidationBatch: { CallerReference: "7", Paths: { Quantity: 2, Items: ["/7/*", "/a&b"] } },
    });
    expect(Location).toContain(`/distribution/E1/invalidation/${Invalidation?.Id}`);
  });

  it("is refused to a role that may not, naming the distribution, and to a wrong signature", async () => {
    await expect((await clientOf()).send(invalidation("E2"))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining(`cloudfront:CreateInvalidation on resource: ${arnOf("E2")}`),
    });
    await expect((await clientOf("guess")).send(invalidation("E1"))).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
  });

  it("is refused for a distribution that is not there, for strange paths, and for what is not here", async () => {
    const client = await clientOf();
    await expect(client.send(invalidation("E9"))).rejects.toMatchObject({ name: "NoSuchDistribution" });
    await expect(client.send(invalidation("E1", ["7/*"]))).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(client.send(invalidation("E1", []))).rejects.toMatchObject({ name: "InconsistentQuantities" });
    await expect(client.send(new GetInvalidationCommand({ DistributionId: "E1", Id: "I1" }))).rejects.toMatchObject({
      name: "InvalidAction",
    });
  });
});
