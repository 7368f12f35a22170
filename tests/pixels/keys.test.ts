import { describe, expect, it } from "vitest";
import { checkKey, nameOf } from "../../handlers/keys.ts";
import { sharedFile, sharedJson } from "./shared.ts";

const refused: Record<string, string[]> = {
  KEY_CLIMBS: [
    "a/../b.jpg",
    "../b.jpg",
    "a/..",
    "./b.jpg",
    "a/..%2fb.jpg",
    "a/%2e%2E/b.jpg",
    "a\\..\\b.jpg",
    "a/..%5Cb.jpg",
  ],
  KEY_BACKSLASH: ["a\\b.jpg"],
  KEY_CONTROL: ["a\0b.jpg", "a\nb.jpg", "a\rb.jpg", "a\tb.jpg", "a\x7fb.jpg", "a\x85b.jpg", "a\u2028b.jpg"],
  KEY_INVISIBLE: [
    "a\u200bb.jpg",
    "a\u202egpj.exe",
    "a\u2066b.jpg",
    "a\ufeffb.jpg",
    "a\u00adb.jpg",
    "a\u200db.jpg",
    "a\ufe0fb.jpg",
    "a\u{e0041}b.jpg",
    "a\u3164b.jpg",
  ],
  KEY_TOO_LONG: [`${"é".repeat(511)}.jpg`, `${"x".repeat(1021)}.jpg`],
  KEY_NOT_TEXT: ["a\ud800.jpg", "a\udc00b.jpg"],
};

const taken = [
  "photo.jpg",
  "a/b/c/d.jpg",
  " .jpg",
  "a..b.jpg",
  "...jpg",
  "100%.jpg",
  "a%20b.jpg",
  "a%2fb.jpg",
  "<script>.jpg",
  "__proto__/constructor.jpg",
  "😀🏳️‍🌈👩🏽‍🚒.png",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿 4️⃣ ❤️.png",
  "می‌خواهم.jpg",
  "ക്‍.jpg",
  "e\u0301te\u0301.jpg",
  "مرحبا.gif",
  "Screenshot 2026-01-02 at 9.41.00\u202fAM.png",
  "x".repeat(1024),
];

describe("checkKey", () => {
  for (const [code, keys] of Object.entries(refused))
    it.each(keys.map((key) => [key]))(`refuses %j as ${code}`, (key) => expect(checkKey(key)?.code).toBe(code));

  it.each(taken.map((key) => [key]))("takes %j", (key) => expect(checkKey(key)).toBeUndefined());

  const corpus = sharedFile("corpus/object-keys.json");
  it.skipIf(!corpus)(
    `decides every object key of the shared corpus${corpus ? "" : " (../shared is absent)"}`,
    async () => {
      const keys = await sharedJson<{ key: string; expected: string; why: string }[]>("corpus/object-keys.json");
      const wrong = keys.filter(({ key, expected }) => (checkKey(key) ? "reject" : "accept") !== expected);
      expect(wrong).toEqual([]);
      expect(keys.length).toBeGreaterThan(20);
    },
  );
});

describe("nameOf", () => {
  it("is the last part of the key", () => {
    expect(nameOf("uploads/2026/photo.jpg")).toBe("photo.jpg");
    expect(nameOf("photo.jpg")).toBe("photo.jpg");
    expect(nameOf("uploads/folder/")).toBe("folder");
  });

  it("never cuts a character in two", () => {
    expect(nameOf("😀".repeat(256))).toBe("😀".repeat(255));
  });
});
