import type { Picture } from "../../handlers/record.ts";
import type { Api } from "../api.ts";
import { Trouble } from "../lib/trouble.ts";
import type { Entries, Entry } from "./entries.ts";

export interface FeedDeps {
  readonly api: Pick<Api, "pictures" | "picture" | "picturesById">;
  readonly entries: Entries;
  readonly onChange: (changed: readonly Entry[]) => void;
  /** Told of pictures that were being deleted and no longer are there. */
  readonly onGone: (gone: readonly Entry[]) => void;
  /** Told after every round: undefined when the API answered. */
  readonly onHealth: (trouble: Trouble | undefined) => void;
  /** @default document */
  readonly page?: Document;
}

export interface Feed {
  /** Looks now, and from then on as often as there is something to see. */
  wake(): void;
  /** Looks no more until the next `wake`. */
  stop(): void;
  /** Takes in older pictures. @throws Trouble */
  more(): Promise<void>;
  hasMore(): boolean;
  /** Makes sure that one picture is on the sheet. @throws Trouble */
  fetch(pictureId: string): Promise<void>;
}

const pageSize = 50;
const every = { busy: 700, idle: 3000, atMost: 20_000 };
/** Moving pictures beyond the listing that are asked for by their ids, a round. */
const stragglersAtOnce = 50;

/** Keeps the sheet up to date by polling: quick while something moves, slow otherwise, not at all while nobody looks. */
export function createFeed({ api, entries, onChange, onGone, onHealth, page = document }: FeedDeps): Feed {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round: Promise<void> | undefined;
  let failures = 0;
  let cursor: string | undefined;
  let again = false;
  let stopped = true;

  function wake() {
    stopped = false;
    look();
  }

  function look() {
    clearTimeout(timer);
    if (stopped || page.hidden || !navigator.onLine) return;
    if (round !== undefined) {
      again = true;
      return;
    }
    round = read().finally(() => {
      round = undefined;
      const soon = again ? 0 : wait();
      again = false;
      clearTimeout(timer);
      timer = setTimeout(look, soon);
    });
  }

  const wait = () =>
    failures > 0
      ? Math.min(every.atMost, every.busy * 2 ** failures)
      : entries.busy().length > 0
        ? every.busy
        : every.idle;

  async function read() {
    try {
      const listed = await readNewest();
      await readStragglers(new Set(listed.map(({ pictureId }) => pictureId)));
      failures = 0;
      onHealth(undefined);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      failures++;
      onHealth(error);
    }
  }

  async function readNewest(): Promise<readonly Picture[]> {
    const empty = entries.all.every(({ picture }) => picture === undefined);
    const { pictures, next } = await api.pictures({ limit: empty ? pageSize : reach(entries) });
    const overlaps = pictures.some(({ pictureId }) => entries.find(pictureId)?.picture !== undefined);
    // Without a picture in common there may be a gap: "load more" then goes on from here and closes it.
    if (!overlaps) cursor = next;
    onChange(entries.merge(pictures));
    return pictures;
  }

  async function readStragglers(listed: ReadonlySet<string>) {
    const late = entries
      .busy()
      .filter(({ picture }) => picture !== undefined && !listed.has(picture.pictureId))
      .slice(0, stragglersAtOnce);
    const found = await api.picturesById(late.map(({ picture }) => (picture as Picture).pictureId));
    onChange(entries.merge(found));
    const there = new Set(found.map(({ pictureId }) => pictureId));
    const gone = late.filter(({ picture }) => picture?.status === "forgetting" && !there.has(picture.pictureId));
    if (gone.length > 0) onGone(gone);
  }

  page.addEventListener("visibilitychange", look);
  addEventListener("online", look);

  return {
    wake,
    stop() {
      stopped = true;
    },
    hasMore: () => cursor !== undefined,
    async more() {
      let changed: Entry[] = [];
      while (cursor !== undefined && changed.length === 0) {
        const answer = await api.pictures({ limit: pageSize, next: cursor });
        cursor = answer.next;
        changed = entries.merge(answer.pictures);
      }
      onChange(changed);
    },
    async fetch(pictureId) {
      if (entries.find(pictureId)?.picture === undefined) onChange(entries.merge([await api.picture(pictureId)]));
    },
  };
}

/** How many of the newest to ask for: down to the last that still moves, and some room for new ones. */
function reach({ all, busy }: Entries): number {
  const moving = new Set(busy());
  return Math.min(pageSize, Math.max(10, all.findLastIndex((entry) => moving.has(entry)) + 6));
}
