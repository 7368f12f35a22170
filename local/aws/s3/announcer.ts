import { setTimeout as delay } from "node:timers/promises";

export interface AnnouncerDeps<E> {
  readonly tell: (event: E) => Promise<void>;
  /** Milliseconds before the first repetition. @default 100 */
  readonly retryAfter?: number;
}

/** Tells of events until it is heard; what it could not tell before `close` stays written down. */
export interface Announcer<E> {
  announce(pending: { readonly event: E }, heard: () => void): void;
  /** Resolves when no announcement is under way. */
  close(): Promise<void>;
}

export function createAnnouncer<E>({ tell, retryAfter = 100 }: AnnouncerDeps<E>): Announcer<E> {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function insist(event: E, heard: () => void) {
    for (let wait = retryAfter; !closing.signal.aborted; wait = Math.min(wait * 2, 10_000)) {
      const told = await tell(event).then(
        () => true,
        () => false,
      );
      if (told) return heard();
      await delay(wait, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    announce({ event }, heard) {
      const telling: Promise<void> = insist(event, heard).finally(() => underWay.delete(telling));
      underWay.add(telling);
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}
