import { reason } from "./pixels/reasons.ts";
import type { Reason } from "./record.ts";

/**
 * Refuses object keys that could mislead a person, a log or another system. Expects the key
 * decoded, as EventBridge gives it; the key itself stays what it is, and nothing here decodes it
 * for use.
 */
export function checkKey(key: string): Reason | undefined {
  if (!key.isWellFormed()) return reason("KEY_NOT_TEXT");
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_BYTES) return reason("KEY_TOO_LONG", { bytes, maxBytes: MAX_BYTES });
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(key)) return reason("KEY_CONTROL");
  if (INVISIBLE.test(key.replace(VISIBLE_JOINERS, ""))) return reason("KEY_INVISIBLE");
  if (climbs(key) || climbs(decodedOnceMore(key))) return reason("KEY_CLIMBS");
  if (key.includes("\\")) return reason("KEY_BACKSLASH");
}

/**
 * The file's name for people: the key's last part, 255 characters at most. Never a path, and never
 * the source of an output's name or extension, which follow from the content alone.
 */
export function nameOf(key: string): string {
  const parts = key.split(/[/\\]/).filter((part) => part !== "");
  return [...(parts.at(-1) ?? key)].slice(0, 255).join("");
}

/** The end of a name, whole characters, as long as its percent-encoding has at most `maxEncoded` characters. */
export function endOfName(name: string, maxEncoded: number): string {
  let end = "";
  let left = maxEncoded;
  for (const character of [...name.toWellFormed()].reverse()) {
    left -= encodeURIComponent(character).length;
    if (left < 0) break;
    end = character + end;
  }
  return end;
}

/** S3's own limit. */
const MAX_BYTES = 1024;

/** Characters that leave no mark or turn the direction. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;

/** Where such characters do their work in plain sight: within emoji, and after letters of scripts that join. */
const VISIBLE_JOINERS = new RegExp(
  [
    String.raw`\p{Extended_Pictographic}(?:[\p{Emoji_Modifier}\ufe0e\ufe0f\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic})*`,
    String.raw`[0-9#*]\ufe0f?\u20e3`,
    String.raw`(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}])[\u200c\u200d]`,
  ].join("|"),
  "gu",
);

const climbs = (key: string) => key.split(/[\\/]/).some((part) => part === "." || part === "..");

/** Only to see what a careless reader would make of it. */
const decodedOnceMore = (key: string) =>
  key.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
