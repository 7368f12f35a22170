/**
 * Files that another app shared into this one. The service worker catches them, for a page cannot, and
 * leaves them here until the page takes them.
 */
const cacheName = "darkroom-shared";

export async function leaveShared(files: readonly File[]): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const file of files)
    await cache.put(`/shared/${crypto.randomUUID()}?${new URLSearchParams({ name: file.name })}`, new Response(file));
}

/** They stay until `clearShared`. */
export async function sharedFiles(): Promise<File[]> {
  const cache = await caches.open(cacheName);
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const blob = await (await cache.match(request))?.blob();
    const name = new URL(request.url).searchParams.get("name") || "shared";
    if (blob !== undefined) files.push(new File([blob], name, { type: blob.type }));
  }
  return files;
}

export const clearShared = () => caches.delete(cacheName);
