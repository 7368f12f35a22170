import { leaveShared } from "./uploading/shared.ts";

/**
 * Lets the page open without a network, and takes what other apps share. Only the page's own files are
 * kept, under a cache named by their content; the API's answers and pictures never are.
 */

/** What a service worker has beyond a page; TypeScript's library for it excludes the page's. */
interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(
    name: "install" | "activate",
    listener: (event: { waitUntil(work: Promise<unknown>): void }) => void,
  ): void;
  addEventListener(name: "fetch", listener: (event: Fetching) => void): void;
}

interface Fetching {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** Put in by the build. */
declare const SHELL: readonly string[];
declare const VERSION: string;

const worker = self as unknown as Worker;
const prefix = "darkroom-shell-";
const cacheName = prefix + VERSION;
/** After so many milliseconds a page is shown as it was kept. */
const patience = 3000;

worker.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
    await worker.skipWaiting();
  };
  event.waitUntil(fill());
});

worker.addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(clear());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/share") return event.respondWith(share(request));
  if (request.method !== "GET" || !SHELL.includes(pathname)) return;
  event.respondWith(request.mode === "navigate" ? freshOrKept(request, pathname) : keptOrFresh(request, pathname));
});

async function share(request: Request): Promise<Response> {
  const files = (await request.formData()).getAll("files").filter((value) => value instanceof File);
  await leaveShared(files);
  return Response.redirect("/?shared", 303);
}

/** Pages: as they are now, when the network says so in time. */
async function freshOrKept(request: Request, path: string): Promise<Response> {
  const kept = await caches.match(path, { cacheName });
  if (kept === undefined) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(resolve, patience, kept));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

/** Scripts, styles and icons: their names or this worker's version change with their content. */
async function keptOrFresh(request: Request, path: string): Promise<Response> {
  return (await caches.match(path, { cacheName })) ?? fetch(request);
}
