/** The sender's own files, kept in this browser for a while, to hold the published picture against. */
export interface Befores {
  keep(pictureId: string, file: Blob): Promise<void>;
  find(pictureId: string): Promise<Blob | undefined>;
  remove(pictureId: string): Promise<void>;
  clear(): Promise<void>;
}

const cacheName = "darkroom-befores";
/** Larger files are held against the result only until the page is left. */
const keptBytes = 4_000_000;
const keptFiles = 40;

export function createBefores(): Befores {
  const here = new Map<string, Blob>();
  const addressOf = (pictureId: string) => `/befores/${encodeURIComponent(pictureId)}`;

  return {
    async keep(pictureId, file) {
      here.set(pictureId, file);
      if (file.size > keptBytes) return;
      const cache = await caches.open(cacheName);
      await cache.put(addressOf(pictureId), new Response(file));
      const addresses = await cache.keys();
      for (const oldest of addresses.slice(0, -keptFiles)) await cache.delete(oldest);
    },
    async find(pictureId) {
      const found = here.get(pictureId);
      if (found !== undefined) return found;
      return (await caches.match(addressOf(pictureId), { cacheName }))?.blob();
    },
    async remove(pictureId) {
      here.delete(pictureId);
      if (await caches.has(cacheName)) await (await caches.open(cacheName)).delete(addressOf(pictureId));
    },
    async clear() {
      here.clear();
      await caches.delete(cacheName);
    },
  };
}
