import { describe, expect, it } from "vitest";
import { problems, settings } from "./fixtures/settings-of.ts";

describe("repositories", () => {
  const website = { name: "website", repo: "example/website" };
  const secrets = ["darkroom:sourceSecrets"];

  it("come with their defaults, and need a secret", () => {
    const config = { "darkroom:repositories": [website] };
    expect(problems(config)).toEqual([
      "darkroom:repositories.0: a repository needs a token or a GitHub App's key: pulumi config set --secret --path darkroom:sourceSecrets.website",
    ]);
    expect(settings({ ...config, "darkroom:sourceSecrets": { website: "{}" } }, secrets).repositories).toEqual([
      {
        ...website,
        branch: "main",
        globs: ["**", "!**/node_modules/**"],
        base: "/",
        deliver: "pull-request",
        markup: "picture",
        every: "30 minutes",
      },
    ]);
  });

  it("say everything that is wrong at once, also that a source has the same name", () => {
    const config = {
      "darkroom:sources": [{ name: "website", kind: "s3", bucket: "studio-raw" }],
      "darkroom:repositories": [
        website,
        { name: "a", repo: "no-owner" },
        { name: "b", repo: "example/b", branch: "a..b", folder: "../x", every: "1 minutes", globs: [] },
      ],
      "darkroom:sourceSecrets": { website: "{}", a: "{}", b: "{}" },
    };
    expect(problems(config, secrets)).toEqual([
      "darkroom:repositories.0.name: expected another name, as a source is called website",
      expect.stringMatching(/^darkroom:repositories\.1\.repo: expected an owner and a name/),
      expect.stringMatching(/^darkroom:repositories\.2\.branch: expected the name of a branch/),
      expect.stringMatching(/^darkroom:repositories\.2\.globs: /),
      expect.stringMatching(/^darkroom:repositories\.2\.folder: expected no \. or \.\. in the path/),
      expect.stringMatching(/^darkroom:repositories\.2\.every: expected 5 minutes to 24 hours/),
      expect.stringMatching(/^darkroom:repositories\.2\.every: /),
    ]);
  });
});
