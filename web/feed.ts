import type { Picture, Status } from "../handlers/record.ts";
import type { Api } from "./api.ts";
import type { Entries, Entry } from "./entries.ts";
import { Trouble } from "./trouble.ts";

export interface FeedDeps {
  readonly api: Pick<Api, "pictures" | "picture" | "counts">;
  readonly entries: Entries;
  readonly onChange: (changed: readonly Entry[]) => void;
  readonly onCounts: (counts: Partial<Record<Status, number>>) => void;
  /** Told after every round: undefined when the API answered. */
  readonly onHealth: (trouble: Trouble | undefined) => void;
  /** @default document */
  readonly page?: Document;
}

export interface Feed {
  /** Looks now, and from then on as often as there is something to see. */
  wake(): void;
  /** Takes in older pictures. @throws Trouble */
  more(): Promise<void>;
  hasMore(): boolean;
  /** Makes sure that one picture is on the sheet. @throws Trouble */
  fetch(pictureId: string): Promise<void>;
}

const pageSize = 50;
const every = { busy: 700, idle: 3000, atMost: 20_000 };
/** Unfinished pictures beyond the first page that are asked for one by one, a round. */
const stragglersAtOnce = 8;

/** Keeps the sheet up to date by polling: quick while something moves, slow otherwise, not at all while nobody looks. */
export function createFeed({ api, entries, onChange, onCounts, onHealth, page = document }: FeedDeps): Feed {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round: Promise<void> | undefined;
  let failures = 0;
  let rounds = 0;
  let cursor: string | undefined;
  let again = false;

  function wake() {
    clearTimeout(timer);
    if (page.hidden) return;
    if (round !== undefined) {
      again = true;
      return;
    }
    round = look().finally(() => {
      round = undefined;
      const soon = again ? 0 : wait();
      again = false;
      clearTimeout(timer);
      timer = setTimeout(wake, soon);
    });
  }

  const wait = () =>
    failures > 0
      ? Math.min(every.atMost, every.busy * 2 ** failures)
      : entries.busy().length > 0
        ? every.busy
        : every.idle;

  async function look() {
    try {
      const changed = await readNewest();
      onChange([...changed, ...(await readStragglers(changed))]);
      if (changed.length > 0 || rounds++ % 4 === 0) onCounts(await api.counts());
      failures = 0;
      onHealth(undefined);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      failures++;
      onHealth(error);
    }
  }

  async function readNewest(): Promise<Entry[]> {
    const empty = entries.all.every(({ picture }) => picture === undefined);
    const answer = await api.pictures({ limit: empty ? pageSize : reach(entries) });
    const overlaps = answer.pictures.some(({ pictureId }) => entries.find(pictureId)?.picture !== undefined);
    // Without a picture in common there may be a gap: "load more" then goes on from here and closes it.
    if (!overlaps) cursor = answer.next;
    return entries.merge(answer.pictures);
  }

  async function readStragglers(seen: readonly Entry[]): Promise<Entry[]> {
    const beyond = entries.busy().filter((entry) => entry.picture !== undefined && !seen.includes(entry));
    const late = beyond.filter((entry) => entries.all.indexOf(entry) >= pageSize).slice(0, stragglersAtOnce);
    return entries.merge(await Promise.all(late.map(({ picture }) => api.picture((picture as Picture).pictureId))));
  }

  page.addEventListener("visibilitychange", wake);

  return {
    wake,
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
