import { describe, expect, it } from "vitest";
import { stackGraph } from "./stacks.ts";

/** How long AWS lets a name be; Pulumi puts seven signs behind it. */
const limits: Readonly<Record<string, number>> = {
  Function: 64,
  Role: 64,
  Schedule: 64,
  ScheduleGroup: 64,
  EventRule: 64,
  Queue: 80,
  OriginAccessControl: 64,
  ResponseHeadersPolicy: 128,
  Api: 128,
  ConfigurationSet: 64,
};

describe("names", () => {
  const config = (name: string) => ({
    "darkroom:sources": [{ name, kind: "s3", bucket: "studio-raw", writeBack: "web" }],
    "darkroom:mail": { from: "darkroom@example.com" },
  });

  it("fit into what AWS takes, with the longest name of a source that the settings let through", async () => {
    const message = await stackGraph("prod", config("a".repeat(40))).then(String, String);
    const longest = Number(/sources\.0\.name: expected at most (\d+) characters/.exec(message)?.[1]);
    const rooms = await roomsWith(config("a".repeat(longest)));
    for (const { kind, room } of rooms) expect(room, kind).toBeGreaterThanOrEqual(0);
    // Not shorter than need be.
    expect(Math.min(...rooms.filter(({ kind }) => kind === "Role").map(({ room }) => room))).toBe(0);
  });

  it("fit with the longest name of a repository as well", async () => {
    const website = (name: string) => ({
      "darkroom:repositories": [{ name, repo: "example/website" }],
      "darkroom:sourceSecrets": { [name]: "{}" },
    });
    const message = await stackGraph("prod", website("a".repeat(40))).then(String, String);
    const longest = Number(/repositories\.0\.name: expected at most (\d+) characters/.exec(message)?.[1]);
    const rooms = await roomsWith(website("a".repeat(longest)));
    for (const { kind, room } of rooms) expect(room, kind).toBeGreaterThanOrEqual(0);
    expect(Math.min(...rooms.map(({ room }) => room))).toBe(0);
  });
});

/** How many characters the names of a stack could be longer. */
async function roomsWith(config: Record<string, unknown>) {
  const { resources } = await stackGraph("prod", config, ["darkroom:sourceSecrets"]);
  return resources.flatMap(({ type, outputs, custom }) => {
    const kind = type.split(":").at(-1)!;
    return custom && kind in limits
      ? [{ kind, room: limits[kind]! - `${outputs["name"] ?? outputs["id"]}-123456`.length }]
      : [];
  });
}
