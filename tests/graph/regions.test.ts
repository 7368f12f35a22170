import { expect, it } from "vitest";
import { stackGraph } from "./stacks.ts";
const two = {
  "darkroom:domain": "pictures.example.com",
  "darkroom:regions": ["eu-west-1", "eu-central-1"],
  "darkroom:alarms": { enabled: true, email: "ops@example.com" },
};
it("x", async () => {
  const g = await stackGraph("prod", two);
  console.log(g.resources.length, g.resources.filter((r) => r.region !== "eu-west-1").length);
  console.log(new Set(g.resources.map((r) => r.urn)).size);
  expect(g.resources.length).toBeGreaterThan(1);
  console.log(g.resources.filter((r) => r.region === "us-east-1").map((r) => r.name));
});
