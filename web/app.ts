import type { Status } from "../handlers/record.ts";
import { createAnnouncer } from "./announce.ts";
import { createApi } from "./api.ts";
import { anchorOf, type CardActions } from "./card.ts";
import { byId } from "./dom.ts";
import { listenForFiles } from "./drop.ts";
import { createEntries } from "./entries.ts";
import { createFeed } from "./feed.ts";
import { plural } from "./format.ts";
import { sendFile } from "./send.ts";
import { createSheet } from "./sheet.ts";
import { Trouble } from "./trouble.ts";
import { createUploads } from "./uploads.ts";

/** Puts the page together: files go into uploads, pictures come out of the feed, both meet on the sheet. */
const api = createApi();
const entries = createEntries(() => performance.now());
const more = byId<HTMLButtonElement>("more");
const banner = byId("trouble");

const uploads = createUploads({
  api,
  send: sendFile,
  onChange(upload) {
    if (!entries.all.some(({ key }) => key === upload.id)) return;
    show([entries.show(upload)]);
    if (upload.state.phase === "sent") feed.wake();
  },
});

const actions: CardActions = {
  retry: ({ key }) => uploads.retry(key),
  remove(entry) {
    uploads.drop(entry.key);
    entries.remove(entry);
    sheet.remove(entry);
    show([]);
  },
  async decide({ picture }, verdict, reason) {
    if (picture === undefined) return;
    await api.review(picture.pictureId, verdict, reason);
    show(entries.merge([await api.picture(picture.pictureId)]));
    feed.wake();
  },
  goTo: (pictureId) => void goTo(pictureId),
};

const sheet = createSheet({ list: byId("sheet"), entries, actions, say: createAnnouncer(byId("live")) });

const feed = createFeed({
  api,
  entries,
  onChange: show,
  onCounts: (counts) => {
    byId("tally").textContent = tally(counts);
  },
  onHealth: (trouble) => {
    document.body.classList.add("ready");
    banner.hidden = trouble === undefined;
    banner.textContent = trouble === undefined ? "" : `${trouble.message} Trying again by itself.`;
    if (trouble === undefined) show([]);
  },
});

function show(changed: Parameters<typeof sheet.show>[0]) {
  sheet.show(changed);
  document.body.classList.toggle("empty", entries.all.length === 0);
  more.hidden = !feed.hasMore();
}

async function goTo(pictureId: string) {
  await orBanner(feed.fetch(pictureId));
  const entry = entries.find(pictureId);
  if (entry === undefined) return;
  history.replaceState(null, "", `#${anchorOf(pictureId)}`);
  sheet.goTo(entry);
}

async function orBanner(work: Promise<void>) {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    banner.hidden = false;
    banner.textContent = error.message;
  }
}

function tally(counts: Partial<Record<Status, number>>): string {
  const { published = 0, review = 0, rejected = 0, received = 0, accepted = 0, resized = 0, compressed = 0 } = counts;
  const moving = received + accepted + resized + compressed;
  return [
    published > 0 && `${published} published`,
    moving > 0 && `${moving} in the works`,
    review > 0 && `${plural(review, "waits", "wait")} for you`,
    rejected > 0 && `${rejected} refused`,
  ]
    .filter((part) => part !== false)
    .map((part) => part.replaceAll(" ", "\u00a0"))
    .join(" · ");
}

listenForFiles({
  area: byId("drop"),
  inputs: [byId("files"), byId("camera")],
  onFiles: (files) => show(uploads.add(files).map((upload) => entries.show(upload))),
});

more.addEventListener("click", async () => {
  more.disabled = true;
  await orBanner(feed.more());
  more.disabled = false;
});

addEventListener("beforeunload", (event) => {
  if (uploads.open() > 0) event.preventDefault();
});

feed.wake();
const wanted = /^#picture-(.+)$/.exec(location.hash)?.[1];
if (wanted !== undefined) void goTo(decodeURIComponent(wanted));
