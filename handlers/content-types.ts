import type { Format } from "./record.ts";

export const contentTypes: Readonly<Record<Format, string>> = {
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
};
