import { describe, expect, it } from "vitest";
import { problems, settings } from "./fixtures/settings-of.ts";

describe("the front door", () => {
  const mail = { from: "darkroom@example.com" };

  it("has the page at the domain and the pictures at images., in the zone above or the one that is named", () => {
    expect(settings({ "darkroom:domain": "pictures.example.com" }).domain).toEqual({
      site: "pictures.example.com",
      images: "images.pictures.example.com",
      api: "api.pictures.example.com",
      zone: "example.com",
    });
    const config = { "darkroom:domain": "a.pictures.example.com", "darkroom:zone": "example.com" };
    expect(settings(config).domain).toMatchObject({ zone: "example.com" });
    expect(settings({ "darkroom:domain": "example.com", "darkroom:zone": "example.com" }).domain).toMatchObject({
      site: "example.com",
      zone: "example.com",
    });
  });

  it.each([
    [{ zone: "example.com" }, /^darkroom:zone: expected darkroom:domain beside it/],
    [{ domain: "example.com" }, /^darkroom:zone: .*pulumi config set darkroom:zone example\.com$/],
    [{ domain: "pictures.example.com", zone: "example.org" }, /^darkroom:zone: expected pictures\.example\.com to lie/],
    // Ends the same, and is somebody else's.
    [{ domain: "pictures.notexample.com", zone: "example.com" }, /^darkroom:zone: expected pictures\.notexample/],
    [{ domain: "https://pictures.example.com" }, /^darkroom:domain: expected a domain in lower case/],
    [{ domain: "Pictures.example.com" }, /^darkroom:domain: expected a domain in lower case/],
    [{ domain: `${"a".repeat(55)}.example.com` }, /^darkroom:domain: expected at most 64 characters/],
    [{ siteUrl: "https://pictures.example.com/page" }, /^darkroom:siteUrl: expected an origin/],
    [{ siteUrl: "http://pictures.example.com" }, /^darkroom:siteUrl: expected an origin/],
  ])("does not stand at %j", (values, problem) => {
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`darkroom:${key}`, value]));
    expect(problems(config)).toEqual([expect.stringMatching(problem)]);
  });

  it("may have an address of its own, without its last slash; plain http only on this machine", () => {
    expect(settings({ "darkroom:siteUrl": "https://pictures.example.com/" }).siteUrl).toBe(
      "https://pictures.example.com",
    );
    expect(settings({ "darkroom:siteUrl": "http://127.0.0.1:4000" }).siteUrl).toBe("http://127.0.0.1:4000");
  });

  it("knows people by their addresses, in lower case", () => {
    const people = { uploaders: ["Ann@Example.com", "@example.org", "*"], reviewers: ["Bob@Example.com"] };
    expect(settings({ "darkroom:people": people, "darkroom:mail": mail }).people).toEqual({
      uploaders: ["ann@example.com", "@example.org", "*"],
      reviewers: ["bob@example.com"],
    });
  });

  it("lets nobody be named who could not get a code", () => {
    for (const people of [{ uploaders: ["*"] }, { reviewers: ["ann@example.com"] }])
      for (const none of [{}, { "darkroom:mail": {} }])
        expect(problems({ "darkroom:people": people, ...none })).toEqual([
          expect.stringMatching(/^darkroom:mail: people are named, who sign in by mail; expected \{ from:/),
        ]);
    expect(problems({ "darkroom:people": { uploaders: [], reviewers: [] } })).toEqual([]);
  });

  it("mails figures to each address once, at a time of day in a time zone", () => {
    const digest = (to: unknown, at: unknown) => ({ "darkroom:digest": { to, at }, "darkroom:mail": mail });
    expect(settings(digest(["Ops@example.com", "ops@example.com"], "07:00 Europe/Berlin")).digest).toEqual({
      to: ["ops@example.com"],
      at: { hour: 7, minute: 0, timeZone: "Europe/Berlin" },
    });
    expect(settings(digest(["ops@example.com"], "23:59 UTC")).digest?.at).toMatchObject({ hour: 23, minute: 59 });
    for (const at of ["", "7:00 UTC", "24:00 UTC", "07:60 UTC", "07:00", "07:00UTC", "07:00 Berlin", "07:00 +01:00", 7])
      expect(problems(digest(["ops@example.com"], at)), String(at)).toEqual([
        expect.stringMatching(/^darkroom:digest\.at: /),
      ]);
    expect(problems(digest(["ops"], "noon")).map((problem) => problem.split(" ")[0])).toEqual([
      "darkroom:digest.to.0:",
      "darkroom:digest.at:",
    ]);
    expect(problems(digest([], "07:00 UTC"))).toEqual([expect.stringMatching(/^darkroom:digest\.to: /)]);
    expect(problems({ "darkroom:digest": { to: ["ops@example.com"], at: "07:00 UTC" } })).toEqual([
      expect.stringMatching(/^darkroom:mail: a digest is to be mailed; expected \{ from:/),
    ]);
    expect(settings({ "darkroom:digest": {} }).digest).toBeUndefined();
  });

  it("exports the last 35 days at a time of day, or as many as are said, where it is asked to", () => {
    const exported = (value: unknown) => ({ "darkroom:export": value });
    const at = { hour: 4, minute: 0, timeZone: "UTC" };
    expect(settings(exported({ at: "04:00 UTC" })).export).toEqual({ at, days: 35 });
    expect(settings(exported({ at: "04:00 UTC", days: 366 })).export).toEqual({ at, days: 366 });
    expect(settings(exported({})).export).toBeUndefined();
    for (const days of [0, 367, 1.5])
      expect(problems(exported({ at: "04:00 UTC", days }))).toEqual([
        expect.stringMatching(/^darkroom:export\.days: /),
      ]);
    expect(problems(exported({ days: 7 }))).toEqual([expect.stringMatching(/^darkroom:export\.at: /)]);
  });

  it("names no more people than a function can be told", () => {
    const uploaders = Array.from({ length: 200 }, (_, index) => `person-${index}@example.com`);
    expect(problems({ "darkroom:people": { uploaders }, "darkroom:mail": mail })).toEqual([
      expect.stringMatching(
        /^darkroom:people: with the sources' names \d{4} characters, of which .* 3000\. Name a domain/,
      ),
    ]);
  });

  it("says everything that is wrong at once", () => {
    expect(
      problems({
        "darkroom:zone": "example.com",
        "darkroom:siteUrl": "pictures",
        "darkroom:mail": { form: "ann@example.com" },
        "darkroom:people": { uploaders: ["everybody"], reviewers: ["*"] },
        "darkroom:quotas": { codesPerIp: 0 },
        "darkroom:retention": { previewsDays: 366 },
      }).map((problem) => problem.split(/[ ;]/)[0]),
    ).toEqual([
      "darkroom:zone:",
      "darkroom:siteUrl:",
      "darkroom:mail.from:",
      "darkroom:mail.form",
      "darkroom:people.uploaders.0:",
      "darkroom:people.reviewers.0:",
      "darkroom:quotas.codesPerIp:",
      "darkroom:retention.previewsDays:",
    ]);
  });
});
