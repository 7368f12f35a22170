import type { Graph } from "../../local/graph.ts";
import { stackGraph } from "../graph/stacks.ts";

/** The stacks as their files configure them, and one with everything that a stack may have. */
export const dev = (): Promise<Graph> => stackGraph("dev");
export const prod = (): Promise<Graph> => stackGraph("prod");
export const full = (): Promise<Graph> => stackGraph("prod", everything, ["darkroom:sourceSecrets"]);
/** The other wiring of each. */
export const devAnnounced = (): Promise<Graph> => stackGraph("dev", announced);
export const fullAnnounced = (): Promise<Graph> =>
  stackGraph("prod", { ...everything, ...announced }, ["darkroom:sourceSecrets"]);
/** Everything in a second Region as well. */
export const twoRegions = (): Promise<Graph> =>
  stackGraph("prod", { ...everything, "darkroom:regions": ["eu-west-1", "eu-central-1"] }, ["darkroom:sourceSecrets"]);
/** A stack with everything before its first update. */
export const firstPreview = (): Promise<Graph> =>
  stackGraph("prod", everything, ["darkroom:sourceSecrets"], { preview: true });

const announced = { "darkroom:chaining": "sns" };
const everything = {
  "darkroom:domain": "pictures.example.com",
  "darkroom:alarms": { enabled: true, email: "ops@example.com" },
  "darkroom:mail": { from: "darkroom@example.com" },
  "darkroom:digest": { to: ["ops@example.com"], at: "07:00 Europe/Berlin" },
  "darkroom:export": { at: "04:00 Europe/Berlin" },
  "darkroom:archive": { afterDays: 30, class: "DEEP_ARCHIVE" },
  "darkroom:network": { zones: 3, internet: "nat" },
  "darkroom:budgets": { rekognition: 50 },
  "darkroom:origins": ["https://cms.example.com"],
  "darkroom:moderation": { screen: "nsfwjs", escalate: "rekognition" },
  "darkroom:sources": [
    { name: "campaigns", kind: "dropbox", writeBack: "/web" },
    {
      name: "studio",
      kind: "azure-blob",
      account: "studioraw",
      container: "raw",
      entra: { tenantId: "00000000-0000-4000-8000-000000000001", clientId: "00000000-0000-4000-8000-000000000002" },
    },
    { name: "shelf", kind: "s3", bucket: "example-shelf", prefix: "raw/", writeBack: "web/" },
  ],
  "darkroom:repositories": [{ name: "website", repo: "example/website" }],
  "darkroom:sourceSecrets": { campaigns: "{}", website: "{}" },
  "darkroom:actors": [
    {
      name: "dominant-colour",
      code: "docs/examples/dominant-colour",
      runtime: "python3.13",
      handler: "handler.handle",
      on: "published",
      reads: ["originals", "published"],
    },
  ],
};
