import { describe, expect, it } from "vitest";
import { z } from "zod";
import { cursorCodec, MAX_CURSOR_BYTES } from "../../providers/sources/cursor.ts";
import { outputPath } from "../../providers/sources/output.ts";
import { passOf } from "../../providers/sources/passes.ts";
import { skipOf } from "../../providers/sources/pictures.ts";

const codec = (more: { source?: string; kind?: "s3" | "folder"; scope?: string } = {}) =>
  cursorCodec({ source: "raw", kind: "s3", scope: "bucket", state: z.strictObject({ after: z.string() }), ...more });

describe("cursors", () => {
  const cursor = codec().encode({ after: "été/1.jpg" });

  it("come back as they went, in letters that pass anywhere", () => {
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(codec().decode(cursor)).toEqual({ after: "été/1.jpg" });
  });

  it.each([{ source: "other" }, { kind: "folder" } as const])(
    "are refused by the source they are not of: %j",
    (more) => {
      expect(() => codec(more).decode(cursor)).toThrow(/^\[\w+\] CONFIG: .*received one of the s3 source "raw"/);
    },
  );

  it("are no cursors when they are something else, or hold something else", () => {
    for (const wrong of ["", "x", "{}", Buffer.from("null").toString("base64url")])
      expect(() => codec().decode(wrong), wrong).toThrow(/CONFIG: .*received something else/);
    const older = cursorCodec({ source: "raw", kind: "s3", scope: "bucket", state: z.any() }).encode({ page: 1 });
    expect(() => codec().decode(older)).toThrow(/CONFIG: .*cannot be read/);
  });

  it("are forgotten when the source was pointed elsewhere", () => {
    expect(codec({ scope: "bucket2" }).decode(cursor)).toBeUndefined();
  });

  it("do not grow beyond what the catalog keeps", () => {
    expect(() => codec().encode({ after: "x".repeat(MAX_CURSOR_BYTES) })).toThrow(
      /CONFIG: expected a cursor under 32768/,
    );
  });
});

describe("which files are worth pulling", () => {
  it.each([
    ["a/b.JPG", undefined, undefined],
    ["b.jpeg", "application/octet-stream", undefined],
    ["no ending", "image/png", undefined],
    ["photo.heic", undefined, undefined],
    ["notes.txt", undefined, "not-an-image"],
    ["jpg", undefined, "not-an-image"],
    ["a.jpg/notes", "text/plain", "not-an-image"],
    ["._photo.jpg", undefined, "not-an-image"],
    ["web/photo.jpg", undefined, "own-output"],
    ["/web/notes.txt", undefined, "own-output"],
    ["webs/photo.jpg", undefined, undefined],
  ])("%s of type %s: %s", (path, mime, reason) => {
    expect(skipOf({ path, mime, size: 10 }, { writeBack: "/web/" })).toBe(reason);
  });

  it("tells empty and too large files by their size, where it is known", () => {
    expect(skipOf({ path: "a.jpg", size: 0 })).toBe("empty");
    expect(skipOf({ path: "a.jpg", size: 11 }, { maxBytes: 10 })).toBe("too-large");
    expect(skipOf({ path: "a.jpg", size: 10 }, { maxBytes: 10 })).toBeUndefined();
    expect(skipOf({ path: "a.jpg" }, { maxBytes: 10 })).toBeUndefined();
  });
});

describe("where a result goes", () => {
  it("is below the write-back folder", () => {
    expect(outputPath("s", "web/", "a b/é+.jpg")).toBe("web/a b/é+.jpg");
    expect(outputPath("s", "/Campaigns/web", "/a.jpg")).toBe("/Campaigns/web/a.jpg");
    expect(outputPath("s", "", "a.jpg")).toBe("a.jpg");
  });

  it.each(["", "/", "..", "a/../b", "./a", "a\\..\\b", "a\0b"])("is nowhere for %j", (path) => {
    expect(() => outputPath("s", "web", path)).toThrow(/CONFIG: expected a path below the write-back folder "web"/);
  });
});

describe("passes", () => {
  const options = { overlapMs: 10, fullPassMs: 1000 };
  const first = passOf(undefined, 5000, options);

  it("begin with everything", () => {
    expect(first).toEqual({ since: 0, startedAt: 5000, fullAt: 5000 });
  });

  it("go on as they began, however long that takes", () => {
    const half = { ...first, after: "k" };
    expect(passOf(half, 99_000, options)).toBe(half);
  });

  it("look back a little before the last one began", () => {
    expect(passOf(first, 5500, options)).toEqual({ since: 4990, startedAt: 5500, fullAt: 5000 });
  });

  it("deliver everything again once in a while, and when the clock was set back", () => {
    expect(passOf(first, 6000, options)).toMatchObject({ since: 0, fullAt: 6000 });
    expect(passOf(first, 4000, options)).toMatchObject({ since: 0, startedAt: 4000 });
  });
});
