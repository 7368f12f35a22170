import type { RenditionOptions } from "../options.ts";
import { contentTypes } from "./content-types.ts";
import { markup } from "./markup.ts";
import type { Measure } from "./measures.ts";
import { unpackFiles } from "./pack.ts";
import type { ObjectStore } from "./ports.ts";
import type { Picture, PictureIn, Rendition } from "./record.ts";
import { assertCleared, type ChainDeps, createStep } from "./step.ts";

export interface PublishDeps extends ChainDeps {
  readonly working: ObjectStore;
  readonly published: ObjectStore;
  readonly renditions: RenditionOptions;
  readonly measure: Measure<"Environment">;
}

/** A published key names its bytes, so caches may keep it for ever. */
const cacheControl = "public, max-age=31536000, immutable";

/** Wakes on a compressed picture; puts its renditions where pages can see them, and writes the markup. */
export const createPublish = (deps: PublishDeps) => {
  const { working, published, renditions: options, now, measure } = deps;
  const publish = async (picture: PictureIn<"compressed">): Promise<Picture> => {
    assertCleared(picture);
    const pack = await working.open(picture.pack);
    if (pack === undefined)
      throw new Error(
        `PACK_MISSING: expected the renditions at ${picture.pack} in the working bucket, but there is nothing.`,
      );
    const byName = new Map(picture.renditions.map((rendition) => [rendition.name, rendition]));
    for await (const { name, bytes } of unpackFiles(pack)) {
      const rendition = byName.get(name);
      if (rendition === undefined)
        throw new Error(
          `PACK_STRANGE: the pack of ${picture.pictureId} holds ${name}, which its record does not know.`,
        );
      await published.write(rendition.key, bytes, { contentType: contentTypes[rendition.format], cacheControl });
      byName.delete(name);
    }
    if (byName.size > 0)
      throw new Error(`PACK_SHORT: the pack of ${picture.pictureId} lacks ${[...byName.keys()].join(", ")}.`);
    return {
      ...picture,
      status: "published",
      url: largest(picture).url,
      markup: markup(picture, options),
      publishedAt: now().toISOString(),
    };
  };
  const tidy = async (picture: Picture) => {
    if (picture.status === "published") await working.remove(picture.pack);
  };
  const moved = (picture: Picture) => {
    if (picture.status !== "published") return;
    const { bytesBefore, bytesAfter, enteredAt, publishedAt } = picture;
    measure({
      BytesSaved: bytesBefore - bytesAfter,
      SecondsToPublish: (Date.parse(publishedAt) - Date.parse(enteredAt)) / 1000,
    });
  };
  return createStep("publish", "compressed", deps, publish, moved, tidy);
};

/** In the base format where there is one of that size. */
const largest = ({ renditions, baseFormat }: PictureIn<"compressed">): Rendition =>
  renditions.reduce((best, next) => {
    if (next.width !== best.width) return next.width > best.width ? next : best;
    return next.format === baseFormat ? next : best;
  });
