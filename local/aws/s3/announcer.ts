import { setTimeout as delay } from "node:timers/promises";
import type { Pending } from "./store.ts";
import type { ObjectCreated } from "./types.ts";

export interface AnnouncerDeps {
  readonly onCreated: (event: ObjectCreated) => Promise<void>;
  /** Milliseconds before the first repetition. @default 100 */
  readonly retryAfter?: number;
}

/** Tells of new objects until it is heard; what it could not tell before `close` stays written down. */
export interface Announcer {
  announce(pending: Pending, heard: () => void): void;
  /** Resolves when no announcement is under way. */
  close(): Promise<void>;
}

export function createAnnouncer({ onCreated, retryAfter = 100 }: AnnouncerDeps): Announcer {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function tell({ event }: Pending, heard: () => void) {
    for (let wait = retryAfter; !closing.signal.aborted; wait = Math.min(wait * 2, 10_000)) {
      const told = await onCreated(event).then(
        () => true,
        () => false,
      );
      if (told) return heard();
      await delay(wait, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    announce(pending, heard) {
      const telling: Promise<void> = tell(pending, heard).finally(() => underWay.delete(telling));
      underWay.add(telling);
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}
