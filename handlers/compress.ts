import { createHash } from "node:crypto";
import type { Compressor, Pixels } from "../providers/compressors/types.ts";
import { compressedKey, resizedKey } from "./object-keys.ts";
import { packFiles, unpackPixels } from "./pack.ts";
import type { ObjectStore } from "./ports.ts";
import type { Format, Picture, PictureIn, Rendition } from "./record.ts";
import { type ChainDeps, createStep } from "./step.ts";

export interface CompressDeps extends ChainDeps {
  readonly working: ObjectStore;
  readonly compressorOf: (pictureId: string) => Compressor;
  /** Address under which the published bucket is seen. */
  readonly publishedUrl: string;
}

/** Wakes on a resized picture; encodes every size in every format. */
export const createCompress = (deps: CompressDeps) => {
  const { working, compressorOf, publishedUrl } = deps;
  const compress = async (picture: PictureIn<"resized">): Promise<Picture> => {
    const pack = await working.open(resizedKey(picture.pictureId));
    if (pack === undefined)
      throw new Error(
        `PACK_MISSING: expected the sizes at ${resizedKey(picture.pictureId)} in the working bucket, but there is nothing.`,
      );
    const compressor = compressorOf(picture.pictureId);
    const made = [];
    for await (const pixels of unpackPixels(pack)) made.push(...(await encodeLevel(compressor, pixels)));
    const renditions = made.map(({ rendition, bytes }) => {
      const key = `${picture.pictureId}/${rendition.level}.${fingerprint(bytes)}.${extensions[rendition.format]}`;
      return { ...rendition, key, url: `${publishedUrl}/${key}` };
    });
    const files = await packFiles(made.map(({ rendition, bytes }) => ({ name: rendition.name, bytes })));
    const key = compressedKey(picture.pictureId, fingerprint(files));
    await working.write(key, files, { contentType: "application/x-tar" });
    return {
      ...picture,
      status: "compressed",
      renditions,
      pack: key,
      bytesBefore: total(renditions, "bytesBefore"),
      bytesAfter: total(renditions, "bytesAfter"),
    };
  };
  // Until they expired, the bare pixels would cost more than all other objects together.
  const tidy = async ({ status, pictureId }: Picture) => {
    if (status === "compressed" || status === "published") await working.remove(resizedKey(pictureId));
  };
  return createStep("compress", "resized", deps, compress, undefined, tidy);
};

/** Every format of one size, at once: they share the pixels. */
export const encodeLevel = (
  compressor: Compressor,
  pixels: Pixels,
): Promise<{ rendition: Omit<Rendition, "key" | "url">; bytes: Buffer }[]> =>
  Promise.all(
    pixels.formats.map(async (format) => {
      const { bytes, method } = await compressor.compress(pixels, format);
      const { name: level, width, height, data } = pixels;
      return {
        bytes,
        rendition: {
          name: `${level}.${extensions[format]}`,
          level,
          width,
          height,
          format,
          bytesBefore: data.length,
          bytesAfter: bytes.length,
          method,
        },
      };
    }),
  );

export const extensions: Readonly<Record<Format, string>> = {
  jpeg: "jpg",
  png: "png",
  gif: "gif",
  webp: "webp",
  avif: "avif",
};

const fingerprint = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex").slice(0, 8);
const total = (renditions: readonly Rendition[], field: "bytesBefore" | "bytesAfter") =>
  renditions.reduce((sum, rendition) => sum + rendition[field], 0);
