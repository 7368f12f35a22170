import { type Card, type CardActions, createCard } from "./card.ts";
import type { Entries, Entry } from "./entries.ts";
import { news } from "./words.ts";

export interface Sheet {
  /** Brings the cards of these entries up to date. */
  show(changed: readonly Entry[]): void;
  remove(entry: Entry): void;
  /** Scrolls to a card, opens it and gives it the focus. */
  goTo(entry: Entry): void;
}

export interface SheetDeps {
  readonly list: HTMLElement;
  readonly entries: Entries;
  readonly actions: CardActions;
  /** Tells screen readers. */
  readonly say: (text: string) => void;
}

/** The contact sheet: one card an entry, in the order of the entries. */
export function createSheet({ list, entries, actions, say }: SheetDeps): Sheet {
  const cards = new Map<Entry, Card>();

  function place(card: Card, entry: Entry) {
    const after = entries.all[entries.all.indexOf(entry) + 1];
    const next = after === undefined ? undefined : cards.get(after)?.element;
    list.insertBefore(card.element, next ?? null);
  }

  return {
    show(changed) {
      // From the end, so that the card that follows a new one is always there.
      for (const entry of [...changed].sort((a, b) => entries.all.indexOf(b) - entries.all.indexOf(a))) {
        const card = cards.get(entry);
        if (card !== undefined) {
          card.show(entry);
          const text = news(entry);
          if (text !== undefined) say(text);
        } else {
          const made = createCard(entry, actions);
          place(made, entry);
          cards.set(entry, made);
        }
      }
    },
    remove(entry) {
      const card = cards.get(entry);
      card?.close();
      card?.element.remove();
      cards.delete(entry);
    },
    goTo(entry) {
      const card = cards.get(entry);
      if (card === undefined) return;
      card.open();
      card.element.scrollIntoView({ block: "start" });
      card.element.focus({ preventScroll: true });
    },
  };
}
