import { createHash } from "node:crypto";
import sharp from "sharp";
import { noise } from "../fixtures/noise.ts";

/** What people send, and what a moderator says of it. */
export interface Content {
  readonly name: string;
  readonly bytes: Buffer;
  readonly verdict: "fine" | "unsure" | "bad" | "no picture";
  /** 0–100. */
  readonly confidence: number;
}

const picture = (seed: number) =>
  sharp(noise(24 * 16 * 3, seed), { raw: { width: 24, height: 16, channels: 3 } })
    .png()
    .toBuffer();

export const contents: readonly Content[] = [
  { name: "fine", bytes: await picture(1), verdict: "fine", confidence: 0 },
  { name: "fine too", bytes: await picture(2), verdict: "fine", confidence: 1 },
  { name: "fine as well", bytes: await picture(3), verdict: "fine", confidence: 2 },
  { name: "unsure", bytes: await picture(4), verdict: "unsure", confidence: 50 },
  { name: "bad", bytes: await picture(5), verdict: "bad", confidence: 95 },
  { name: "a page", bytes: Buffer.from("<!DOCTYPE html>"), verdict: "no picture", confidence: 0 },
];

export const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
sharp.concurrency(1);
sharp.cache(false);
const byHash = new Map(contents.map((content) => [hashOf(content.bytes), content]));

export const contentOf = (bytes: Buffer): Content | undefined => byHash.get(hashOf(bytes));
