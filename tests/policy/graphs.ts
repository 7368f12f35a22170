import type { Graph } from "../../local/graph.ts";
import { stackGraph } from "../graph/stacks.ts";

/** The stacks as their files configure them, and one with everything that a stack may have. */
export const dev = (): Promise<Graph> => stackGraph("dev");
export const prod = (): Promise<Graph> => stackGraph("prod");
export const full = (): Promise<Graph> => stackGraph("prod", everything, ["darkroom:sourceSecrets"]);
/** The same before its first update. */
export const firstPreview = (): Promise<Graph> =>
  stackGraph("prod", everything, ["darkroom:sourceSecrets"], { preview: true });

const everything = {
  "darkroom:domain": "pictures.example.com",
  "darkroom:alarms": { enabled: true, email: "ops@example.com" },
  "darkroom:mail": { from: "darkroom@example.com" },
  "darkroom:digest": { to: ["ops@example.com"], at: "07:00 Europe/Berlin" },
  "darkroom:export": { at: "04:00 Europe/Berlin" },
  "darkroom:archive": { afterDays: 30, class: "DEEP_ARCHIVE" },
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
};
