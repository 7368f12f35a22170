import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { bucketPublicAccessBlock } from "../../policy/rules/bucket-public-access-block.ts";
import { stackGraph } from "./stacks.ts";

/** What the rule says of a graph. */
async function violations({ resources }: Pick<Graph, "resources">): Promise<string[]> {
  const found: string[] = [];
  const seen = resources.map(
    ({ urn, type, name, inputs }) =>
      ({ urn, type, name, props: inputs, propertyDependencies: {} }) as unknown as PolicyResource,
  );
  await (
    bucketPublicAccessBlock.validateStack as (args: StackValidationArgs, report: (message: string) => void) => unknown
  )({ resources: seen } as StackValidationArgs, (message) => found.push(message));
  return found;
}

describe("bucket-public-access-block", () => {
  // Outputs hold the name that AWS gives a bucket; a policy pack sees it as an input after the first update.
  const named = (graph: Graph) => ({
    resources: graph.resources.map((resource) =>
      resource.type === "aws:s3/bucket:Bucket" ? { ...resource, inputs: resource.outputs } : resource,
    ),
  });

  it("passes dev and prod", async () => {
    for (const stack of ["dev", "prod"]) expect(await violations(named(await stackGraph(stack)))).toEqual([]);
  });

  it("finds a bucket without a block, and one with a flag off", async () => {
    const { resources } = named(await stackGraph("dev"));
    const without = resources.filter(({ name }) => name !== "working-private");
    expect(await violations({ resources: without })).toEqual([expect.stringContaining("bucket working-bucket")]);
    const off = resources.map((resource) =>
      resource.name === "incoming-private"
        ? { ...resource, inputs: { ...resource.inputs, blockPublicPolicy: false } }
        : resource,
    );
    expect(await violations({ resources: off })).toEqual([
      expect.stringMatching(/incoming-bucket.* with blockPublicPolicy set/),
    ]);
  });
});
