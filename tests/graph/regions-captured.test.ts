import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { capture } from "../../local/capture.ts";
import { named } from "./stacks.ts";

class Place extends pulumi.ComponentResource {
  constructor(region: string, opts?: pulumi.ComponentResourceOptions) {
    super(`darkroom:region:${region}`, region, {}, opts);
    const inner = new (class extends pulumi.ComponentResource {})("darkroom:test:Inner", "inner", {}, { parent: this });
    new aws.s3.Bucket("pictures", {}, { parent: inner });
    new aws.sqs.Queue("waiting", {}, { parent: this });
  }
}

/** The same things in two Regions, and one that stands elsewhere by itself. */
const program = async () => {
  new Place("eu-west-1");
  const provider = new aws.Provider("eu-central-1", { region: "eu-central-1" });
  new Place("eu-central-1", { providers: [provider] });
};

it.each([{ preview: false }, { preview: true }])(
  "tells the same things of two Regions apart, by where they stand, by URN, name and ARN: %j",
  async ({ preview }) => {
    const config = { "aws:region": "eu-west-1" };
    const graph = await capture({ stack: "prod", config, preview, program });
    const at = (region: string) => ({ ...graph, resources: graph.resources.filter((one) => one.region === region) });
    const [home, other] = [at("eu-west-1"), at("eu-central-1")];
    expect(new Set(graph.resources.map(({ urn }) => urn)).size).toBe(graph.resources.length);
    expect(named(other, "pictures").urn).toBe(
      "urn:pulumi:prod::darkroom::darkroom:region:eu-central-1$darkroom:test:Inner$aws:s3/bucket:Bucket::pictures",
    );
    if (preview) return expect(named(other, "waiting").inputs).toEqual(named(home, "waiting").inputs);
    expect(named(home, "pictures").outputs).toMatchObject({ bucket: "darkroom-prod-pictures" });
    expect(named(other, "pictures").outputs).toMatchObject({ bucket: "darkroom-prod-pictures-eu-central-1" });
    expect(named(other, "waiting").outputs["arn"]).toMatch(/^arn:aws:sqs:eu-central-1:/);
  },
);
