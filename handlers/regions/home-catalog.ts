import type { Catalog } from "../ports.ts";
import type { Picture } from "../record.ts";

export interface HomeCatalogDeps {
  readonly own: string;
  readonly here: Catalog;
  /** The other Regions' replicas of the catalog, by Region. */
  readonly elsewhere: ReadonlyMap<string, Catalog>;
  /** Whether a Region is out, as far as is known here. */
  readonly isOut: (region: string) => Promise<boolean>;
}

/**
 * The catalog for whoever has to do with pictures of every Region. A record is written in its home
 * Region alone: of two Regions that write one at once, the later would undo the earlier without
 * either hearing of it. What is at home in a Region that is out is taken over with the first change.
 */
export function homeCatalog({ own, here, elsewhere, isOut }: HomeCatalogDeps): Catalog {
  /** Where it is written; undefined where nobody of the stack does so any more. */
  const homeOf = async ({ homeRegion }: Pick<Picture, "homeRegion">): Promise<Catalog | undefined> => {
    if (homeRegion === own) return here;
    return (await isOut(homeRegion)) ? undefined : elsewhere.get(homeRegion);
  };
  const get: Catalog["get"] = async (pictureId) => {
    const found = await here.get(pictureId);
    if (found === undefined || found.homeRegion === own) return found;
    // Its home knows best; and where that one cannot be asked, what is known here is better than nothing.
    return (await homeOf(found))?.get(pictureId).catch(() => found) ?? found;
  };
  return {
    ...here,
    get,
    async move(from, to) {
      const home = await homeOf(to);
      if (home !== undefined) return home.move(from, to);
      return here.move(from, { ...to, homeRegion: own, adoptedFrom: to.homeRegion } as typeof to);
    },
    amend: async (found, amendment) => ((await homeOf(found)) ?? here).amend(found, amendment),
    touch: async (picture, at, woken) => (await homeOf(picture))?.touch(picture, at, woken) ?? false,
    remove: async (picture) => ((await homeOf(picture)) ?? here).remove(picture),
    async forgive(pictureId, actor) {
      const found = await here.get(pictureId);
      await ((found && (await homeOf(found))) ?? here).forgive(pictureId, actor);
    },
  };
}
