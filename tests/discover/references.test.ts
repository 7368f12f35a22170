import { describe, expect, it } from "vitest";
import { referenceTo, resolveReference, type Site } from "../../handlers/discover/references.ts";

const atTop: Site = { root: "/", published: "assets/darkroom/" };
const below: Site = { root: "/blog/", published: "assets/darkroom/" };
const whole: Site = { root: "https://example.com/blog/", published: "https://cdn.example.com/" };

const read = (reference: string, site: Site = atTop, path = "posts/one/index.html", base?: string) => {
  const found = resolveReference(reference, { path, base }, site);
  return found.to === "file"
    ? `${found.manner} ${found.path}`
    : found.to === "published"
      ? "published"
      : found.reason.code;
};

describe("a reference", () => {
  it.each([
    ["a.jpg", "relative posts/one/a.jpg"],
    ["../a.jpg", "relative posts/a.jpg"],
    ["./x/../a.jpg?v=2#top", "relative posts/one/a.jpg"],
    ["/img/a%20b.jpg", "root img/a b.jpg"],
    [" /img/a.jpg\n", "root img/a.jpg"],
    ["/../../img/a.jpg", "root img/a.jpg"],
    ["..\\a.jpg", "relative posts/a.jpg"],
    ["../../a.jpg", "relative a.jpg"],
    ["../../../a.jpg", "OUTSIDE"],
    ["%2e%2e/../../a.jpg", "OUTSIDE"],
    ["a/..%2f..%2f..%2f..%2fetc/a.jpg", "OUTSIDE"],
    ["a%00.jpg", "OUTSIDE"],
    ["%ff.jpg", "BAD_ADDRESS"],
    ["http://[", "BAD_ADDRESS"],
    ["/", "BAD_ADDRESS"],
    ["data:image/png;base64,AA", "DATA"],
    ["https://example.com/a.jpg", "REMOTE"],
    ["//example.com/a.jpg", "REMOTE"],
    ["blob:abc", "REMOTE"],
    ["file:///etc/a.jpg", "REMOTE"],
    ["/logo.SVG", "VECTOR"],
    ["../../assets/darkroom/x/w320.jpg", "published"],
    ["/assets/darkroom/x/w320.jpg", "published"],
    ["/assets/darkrooms/x.jpg", "root assets/darkrooms/x.jpg"],
  ])("%j is read as %s", (reference, expected) => {
    expect(read(reference)).toBe(expected);
  });

  it("starts from the page's <base>", () => {
    expect(read("a.jpg", atTop, "posts/index.html", "/img/")).toBe("relative img/a.jpg");
    expect(read("a.jpg", atTop, "posts/index.html", "../")).toBe("relative a.jpg");
    expect(read("a.jpg", atTop, "posts/index.html", "https://other.example/")).toBe("REMOTE");
  });

  it("is the site's only below where the site is served", () => {
    expect(read("/blog/a.jpg", below)).toBe("root a.jpg");
    expect(read("/a.jpg", below)).toBe("OUTSIDE");
    expect(read("../../../a.jpg", below)).toBe("OUTSIDE");
    expect(read("https://example.com/blog/a.jpg", whole)).toBe("absolute a.jpg");
    expect(read("https://example.com/a.jpg", whole)).toBe("OUTSIDE");
    expect(read("https://cdn.example.com/p/w320.jpg", whole)).toBe("published");
  });
});

describe("the reference in its place", () => {
  const to = "assets/darkroom/p/w 1'(x).jpg";
  const safe = "assets/darkroom/p/w%201%27%28x%29.jpg";
  it("is written in the same manner, and leads there", () => {
    const from = { path: "posts/one/index.html" };
    expect(referenceTo(to, "relative", from, atTop)).toBe(`../../${safe}`);
    expect(referenceTo(to, "root", from, below)).toBe(`/blog/${safe}`);
    expect(referenceTo(to, "absolute", from, whole)).toBe(`https://example.com/blog/${safe}`);
    expect(referenceTo(to, "relative", { path: "index.html" }, atTop)).toBe(safe);
    expect(referenceTo(to, "relative", { path: "assets/x.html" }, atTop)).toBe(safe.replace("assets/", ""));
    expect(referenceTo(to, "relative", { path: "x.html", base: "/posts/" }, below)).toBe(`/blog/${safe}`);
    for (const site of [atTop, below, whole])
      for (const path of ["a.html", "posts/a.html", "assets/darkroom.html", "ü/ö/a.html"])
        for (const base of [undefined, "../", "x/"])
          for (const manner of ["relative", "root"] as const) {
            const written = referenceTo("pics/a b.jpg", manner, { path, base }, site);
            expect(resolveReference(written, { path, base }, site)).toMatchObject({ to: "file", path: "pics/a b.jpg" });
          }
  });
});
