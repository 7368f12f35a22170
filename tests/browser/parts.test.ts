import { describe, expect, it } from "vitest";
import { withAlt as actorsWithAlt } from "../../handlers/markup.ts";
import type { Picture, Rendition } from "../../handlers/record.ts";
import { createEntries } from "../../web/gallery/entries.ts";
import { withAlt } from "../../web/gallery/markup.ts";
import { served, stepStates } from "../../web/gallery/words.ts";
import { webAddress } from "../../web/lib/dom.ts";
import { bytes, duration, saved } from "../../web/lib/format.ts";
import { createSigning } from "../../web/uploading/signing.ts";
import { troubleOf } from "../../web/uploading/storage-trouble.ts";
import { createTurns } from "../../web/uploading/turns.ts";

/** The page's parts that need no browser. */

const picture = (pictureId: string, more: object = {}) =>
  ({
    pictureId,
    status: "received",
    enteredAt: "2026-11-01T10:00:00Z",
    changedAt: "2026-11-01T10:00:00Z",
    timings: {},
    attempts: {},
    ...more,
  }) as Picture;

describe("entries", () => {
  it("keeps newest first, and what stands already in its place", () => {
    const entries = createEntries(() => 0);
    entries.merge([picture("b", { enteredAt: "2026-11-01T10:02:00Z" }), picture("a")]);
    entries.show({ id: "u", name: "u.jpg", bytes: 0, pictureId: "u", state: { phase: "sent" } });
    entries.merge([
      picture("c", { enteredAt: "2026-11-01T10:01:00Z" }),
      picture("u", { enteredAt: "2026-11-01T09:00:00Z" }),
    ]);
    expect(entries.all.map((entry) => entry.picture?.pictureId)).toEqual(["u", "b", "c", "a"]);
  });

  it("does not go back to an older state that a lagging listing shows", () => {
    const entries = createEntries(() => 0);
    entries.merge([picture("a", { status: "published", changedAt: "2026-11-01T10:00:05Z" })]);
    expect(entries.merge([picture("a")])).toEqual([]);
    expect(entries.find("a")?.picture?.status).toBe("published");
  });

  it("calls a picture busy while it moves, and loses patience with one that does not", () => {
    let now = 0;
    const entries = createEntries(() => now);
    entries.merge([picture("a"), picture("b", { status: "review" })]);
    expect(entries.busy().map(({ key }) => key)).toEqual(["a"]);
    now = 10 * 60_000;
    expect(entries.busy()).toEqual([]);
  });
});

describe("turns", () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

  it("lets a few go at a time, the next when one leaves, and those put in front first", async () => {
    const started: string[] = [];
    const turns = createTurns({ atOnce: 2, start: (id) => started.push(id) });
    for (const id of ["a", "b", "c", "d"]) turns.queue(id);
    await settled();
    expect(started).toEqual(["a", "b"]);
    turns.queue("z", "front");
    turns.leave("a");
    turns.leave("c");
    await settled();
    expect(started).toEqual(["a", "b", "z"]);
    turns.leave("b");
    await settled();
    expect(started).toEqual(["a", "b", "z", "d"]);
  });

  it("keeps everybody while anything holds them", async () => {
    const started: string[] = [];
    const turns = createTurns({ atOnce: 2, start: (id) => started.push(id) });
    turns.hold("offline");
    turns.hold("signed out");
    turns.queue("a");
    turns.release("offline");
    await settled();
    expect(started).toEqual([]);
    turns.release("signed out");
    expect(started).toEqual(["a"]);
  });
});

describe("signing", () => {
  const file = { name: "lake.jpg", type: "image/jpeg", bytes: 20_000_000 };
  function rig(partBytes = 8 * 1024 * 1024) {
    const asked: unknown[] = [];
    let time = 0;
    const signing = createSigning({
      api: {
        async slot() {
          asked.push("slot");
          return { pictureId: `p${asked.length}`, url: "http://storage", fields: { key: "k" } };
        },
        async partedSlot() {
          asked.push("parted");
          return { pictureId: "p", key: "uploads/1", partBytes };
        },
        async sign(pictureId, step) {
          asked.push([pictureId, step]);
          return { url: "http://storage/signed" };
        },
      },
      fileOf: () => file,
      onPlace: () => undefined,
      now: () => time,
    });
    return { asked, signing, wait: (ms: number) => (time += ms) };
  }

  it("sends a file that starts again to the same place, until that is nearly over", async () => {
    const { asked, signing, wait } = rig();
    const once = () => signing.sign({ method: "PUT", key: "f" });
    expect(await once()).toEqual(await once());
    expect(asked).toEqual(["slot"]);
    wait(9 * 60_000);
    await once();
    expect(asked).toEqual(["slot", "slot"]);
    signing.giveUp("f");
    await once();
    expect(asked.length).toBe(3);
  });

  it("asks for each step of an upload in parts by the picture that it will be", async () => {
    const { asked, signing } = rig();
    expect(await signing.sign({ method: "POST", key: "f" })).toMatchObject({ key: "uploads/1" });
    await signing.sign({ method: "PUT", key: "uploads/1", uploadId: "u", partNumber: 2 });
    await signing.sign({ method: "GET", key: "uploads/1", uploadId: "u" });
    await signing.sign({ method: "POST", key: "uploads/1", uploadId: "u" });
    await signing.sign({ method: "DELETE", key: "uploads/1", uploadId: "u" });
    expect(asked).toEqual([
      "parted",
      ["p", { step: "create" }],
      ["p", { step: "part", uploadId: "u", part: 2 }],
      ["p", { step: "list", uploadId: "u" }],
      ["p", { step: "complete", uploadId: "u" }],
      ["p", { step: "abort", uploadId: "u" }],
    ]);
  });

  it("goes no further where Darkroom wants parts of another size", async () => {
    const { signing } = rig(5);
    await expect(Promise.resolve(signing.sign({ method: "POST", key: "f" }))).rejects.toMatchObject({
      code: "UNEXPECTED_ANSWER",
    });
  });
});

describe("what the storage says", () => {
  it.each([
    [{ code: "NETWORK" }, "UNREACHABLE", true],
    [{ status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }, "AccessDenied", true],
    [{ status: 400, body: "<Error><Code>EntityTooLarge</Code></Error>" }, "EntityTooLarge", false],
    [{ status: 503 }, "STATUS_503", true],
    [new Error("anything"), "STATUS_UNKNOWN", true],
  ])("%o is %s", (error, code, passing) => {
    expect(troubleOf(error)).toMatchObject({ code, passing });
  });
});

describe("words", () => {
  const rendition = (level: string, width: number, format: string, bytesAfter: number) =>
    ({ level, width, format, bytesAfter }) as Rendition;

  it("judges by what a page loads: the responsive size nearest to 640 px, in its smallest format", () => {
    const found = served([
      rendition("h150", 600, "jpeg", 10),
      rendition("w320", 320, "avif", 100),
      rendition("w640", 640, "jpeg", 300),
      rendition("w640", 640, "avif", 200),
    ]);
    expect(found).toMatchObject({ level: "w640", format: "avif" });
  });

  it("marks the step at which a picture was stopped", () => {
    const timings = { ingest: {}, moderate: {} };
    expect(stepStates(picture("a", { status: "rejected", timings }))).toEqual([
      "done",
      "failed",
      "todo",
      "todo",
      "todo",
    ]);
    expect(stepStates(picture("a", { status: "review", timings }))).toEqual([
      "done",
      "waiting",
      "todo",
      "todo",
      "todo",
    ]);
  });

  it("counts bytes, time and savings as people do", () => {
    const plain = (text = "") => text.replaceAll("\u202f", " ");
    expect([0, 999, 1000, 84_400, 3_234_567].map((count) => plain(bytes(count)))).toEqual([
      "0 B",
      "999 B",
      "1.0 KB",
      "84 KB",
      "3.2 MB",
    ]);
    expect([38.4, 1240, 75_000].map((ms) => plain(duration(ms)))).toEqual(["38 ms", "1.2 s", "1 min 15 s"]);
    expect([plain(saved(1000, 30)), saved(1000, 1200)]).toEqual(["97 % smaller", undefined]);
  });
});

describe("what goes into the page", () => {
  it("has its alt text put in as the actors put it in", () => {
    const markup = { html: '<img alt=""><img alt="">', amp: '<amp-img alt=""></amp-img>' };
    const text = `A & "B" <C> 'D' $&`;
    expect({ html: withAlt(markup.html, text), amp: withAlt(markup.amp, text) }).toEqual(actorsWithAlt(markup, text));
  });

  it("links to the web and to nothing else", () => {
    expect(webAddress("https://pictures.example.com/a.jpg")).toBe("https://pictures.example.com/a.jpg");
    expect(["javascript:alert(1)", "data:text/html,x", "//x", ""].map(webAddress)).toEqual(Array(4).fill(undefined));
  });
});
