import { describe, expect, it } from "vitest";
import { withAlt as actorsWithAlt } from "../../handlers/markup.ts";
import type { Picture, Rendition } from "../../handlers/record.ts";
import { webAddress } from "../../web/dom.ts";
import { createEntries } from "../../web/entries.ts";
import { bytes, duration, saved } from "../../web/format.ts";
import { withAlt } from "../../web/markup.ts";
import { Trouble } from "../../web/trouble.ts";
import { createUploads, type Upload } from "../../web/uploads.ts";
import { served, stepStates } from "../../web/words.ts";

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
    entries.show({ id: "u", file: new File([], "u.jpg"), pictureId: "u", state: { phase: "sent" } });
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

describe("uploads", () => {
  const files = (count: number) => Array.from({ length: count }, (_, at) => new File(["x"], `${at}.jpg`));
  const slot = async ({ name }: { name: string }) => ({ pictureId: name, url: "http://storage", fields: {} });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

  it("sends a few at a time, and all of them in the end", async () => {
    const open: (() => void)[] = [];
    let most = 0;
    let now = 0;
    const send = () =>
      new Promise<void>((resolve) => {
        most = Math.max(most, ++now);
        open.push(() => {
          now--;
          resolve();
        });
      });
    const uploads = createUploads({ api: { slot }, send, onChange: () => undefined, atOnce: 2 });
    uploads.add(files(5));
    for (let turn = 0; turn < 5; turn++) {
      await settled();
      open.shift()?.();
    }
    await settled();
    expect([most, uploads.open()]).toEqual([2, 0]);
  });

  it("tells a passing trouble from a refusal, and asks for a new place on a retry", async () => {
    const seen: Upload[] = [];
    const asked: string[] = [];
    let fail = true;
    const uploads = createUploads({
      api: {
        async slot(file) {
          asked.push(file.name);
          if (file.name === "1.jpg") throw new Trouble("TOO_LARGE", "Too large.", false);
          return slot(file);
        },
      },
      async send() {
        if (fail) throw new Trouble("BROKEN", "The line broke.", true);
      },
      onChange: (upload) => seen.push(upload),
    });
    const [first] = uploads.add(files(2));
    await settled();
    const failed = seen.filter(({ state }) => state.phase === "failed").map(({ file, state }) => [file.name, state]);
    expect(Object.fromEntries(failed)).toEqual({
      "0.jpg": { phase: "failed", code: "BROKEN", sentence: "The line broke.", passing: true },
      "1.jpg": { phase: "failed", code: "TOO_LARGE", sentence: "Too large.", passing: false },
    });
    fail = false;
    uploads.retry(first?.id ?? "");
    await settled();
    expect(seen.at(-1)?.state).toEqual({ phase: "sent" });
    expect(asked).toEqual(["0.jpg", "1.jpg", "0.jpg"]);
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
