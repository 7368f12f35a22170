import type { Picture } from "../../handlers/record.ts";
import type { Api } from "../api.ts";
import { confirmed } from "../lib/confirm.ts";
import { byId } from "../lib/dom.ts";
import { Trouble } from "../lib/trouble.ts";
import type { Befores } from "../uploading/befores.ts";
import type { Upload } from "../uploading/upload.ts";
import type { Uploads } from "../uploading/uploads.ts";
import { anchorOf, type CardActions } from "./card.ts";
import { createEntries, type Entry } from "./entries.ts";
import { createFeed } from "./feed.ts";
import { createSheet } from "./sheet.ts";

export interface GalleryDeps {
  readonly api: Api;
  readonly say: (text: string) => void;
  readonly uploads: Uploads;
  readonly befores: Pick<Befores, "find" | "remove">;
  /** How the connection is: undefined when all is well again. */
  readonly onHealth: (trouble: Trouble | undefined) => void;
  /** Something that was asked for did not come about. */
  readonly onTrouble: (trouble: Trouble) => void;
  readonly onSignedOut: () => void;
}

export interface Gallery {
  show(upload: Upload): void;
  /** Takes away the card of an upload that was cancelled. */
  takeAway(uploadId: string): void;
  /** Looks for news now, and from then on. */
  wake(): void;
}

/** The person's pictures, with what is on its way to become one. */
export function createGallery(deps: GalleryDeps): Gallery {
  const { api, uploads, befores, onTrouble, onSignedOut } = deps;
  const entries = createEntries(() => performance.now());
  const more = byId<HTMLButtonElement>("more");

  const actions: CardActions = {
    before: befores.find,
    pause: ({ key }) => uploads.pause(key),
    resume: ({ key }) => uploads.resume(key),
    retry: ({ key }) => uploads.retry(key),
    remove: ({ key }) => uploads.cancel(key),
    forget: (picture) => void orTrouble(forget(picture)),
    goTo: (pictureId) => void orTrouble(goTo(pictureId)),
  };
  const sheet = createSheet({ list: byId("sheet"), entries, actions, say: deps.say });

  const feed = createFeed({
    api,
    entries,
    onChange: show,
    onGone(gone) {
      takeAway(gone);
      for (const { picture } of gone) if (picture !== undefined) void befores.remove(picture.pictureId);
      deps.say(gone.map(({ picture }) => `${picture?.name} is deleted.`).join(" "));
    },
    onHealth(trouble) {
      document.body.classList.add("ready");
      if (trouble?.code === "SIGN_IN_FIRST") {
        feed.stop();
        return onSignedOut();
      }
      deps.onHealth(trouble);
      show([]);
    },
  });

  function show(changed: readonly Entry[]) {
    sheet.show(changed);
    document.body.classList.toggle("empty", entries.all.length === 0);
    more.hidden = !feed.hasMore();
  }

  function takeAway(gone: readonly Entry[]) {
    for (const entry of gone) {
      entries.remove(entry);
      sheet.remove(entry);
    }
    show([]);
  }

  async function forget({ pictureId, name }: Picture) {
    const sure = await confirmed({
      title: "Delete this picture everywhere?",
      text: `“${name}”, its original and every published size of it go, here and on all pages that show it. This cannot be undone.`,
      yes: "Delete everywhere",
      no: "Keep it",
    });
    if (!sure) return;
    await api.forget(pictureId);
    await befores.remove(pictureId);
    const entry = entries.find(pictureId);
    const still = await api.picturesById([pictureId]);
    if (still.length === 0 && entry !== undefined) takeAway([entry]);
    show(entries.merge(still));
    feed.wake();
  }

  async function goTo(pictureId: string) {
    await feed.fetch(pictureId);
    const entry = entries.find(pictureId);
    if (entry === undefined) return;
    history.replaceState(null, "", `#${anchorOf(pictureId)}`);
    sheet.goTo(entry);
  }

  async function orTrouble(work: Promise<void>) {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code === "SIGN_IN_FIRST") onSignedOut();
      else onTrouble(error);
    }
  }

  more.addEventListener("click", async () => {
    more.disabled = true;
    await orTrouble(feed.more());
    more.disabled = false;
  });
  const wanted = /^#picture-(.+)$/.exec(location.hash)?.[1];
  if (wanted !== undefined) actions.goTo(decodeURIComponent(wanted));

  return {
    show: (upload) => show([entries.show(upload)]),
    takeAway: (uploadId) => takeAway(entries.all.filter(({ key }) => key === uploadId)),
    wake: feed.wake,
  };
}
