import type { PictureIn } from "../../handlers/record.ts";
import type { Api } from "../api.ts";
import { byId } from "../lib/dom.ts";
import { Trouble } from "../lib/trouble.ts";
import { type Case, createCase } from "./case.ts";
import { decisionTable } from "./decisions.ts";
import { sourcePanels } from "./sources.ts";

export interface DeskDeps {
  readonly api: Pick<Api, "reviews" | "review" | "sources">;
  readonly say: (text: string) => void;
  readonly onHealth: (trouble: Trouble | undefined) => void;
  readonly onSignedOut: () => void;
}

/** How often to look for news, in milliseconds. */
const every = { pictures: 4000, sources: 20_000 };

/** The reviewers' desk: what waits, what was decided, how the sources stand. */
export function createDesk({ api, say, onHealth, onSignedOut }: DeskDeps): { wake(): void } {
  const list = byId("cases");
  let cases: Case[] = [];
  /** Decided here. A list that was asked for before that may still have them. */
  const decided = new Set<string>();
  let reading = 0;
  let stopped = true;

  async function readPictures() {
    const ids = new Set<string>();
    let next: string | undefined;
    do {
      const { pictures, decisions, next: after } = await api.reviews(next);
      if (next === undefined) byId("decisions").replaceChildren(decisionTable(decisions));
      for (const picture of pictures) if (picture.status === "review") show(picture, ids);
      next = after;
    } while (next !== undefined);
    for (const gone of cases.filter(({ pictureId }) => !ids.has(pictureId))) takeAway(gone);
    byId("none").hidden = cases.length > 0;
    document.body.classList.add("ready");
  }

  function show(picture: PictureIn<"review">, ids: Set<string>) {
    const { pictureId } = picture;
    if (decided.has(pictureId)) return;
    ids.add(pictureId);
    if (!cases.some((each) => each.pictureId === pictureId)) lay(picture);
  }

  async function readSources() {
    byId("sources").replaceChildren(...sourcePanels(await api.sources(), new Date()));
  }

  function lay(picture: PictureIn<"review">) {
    const made = createCase(picture, async (verdict, reason) => {
      await api.review(picture.pictureId, verdict, reason);
      decided.add(picture.pictureId);
      say(`${picture.name} is ${verdict === "accept" ? "accepted" : "rejected"}.`);
      takeAway(made);
      await attempt(readPictures);
    });
    cases.push(made);
    list.append(made.element);
  }

  /** The next one gets the focus, if this one had it. */
  function takeAway(gone: Case) {
    const at = cases.indexOf(gone);
    if (at < 0) return;
    const focused = gone.element.contains(document.activeElement);
    cases = cases.filter((each) => each !== gone);
    gone.element.remove();
    if (focused) (cases[Math.min(at, cases.length - 1)]?.element ?? list).focus();
  }

  async function attempt(read: () => Promise<void>) {
    if (stopped || document.hidden || !navigator.onLine) return;
    reading++;
    try {
      await read();
      onHealth(undefined);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code !== "SIGN_IN_FIRST") return onHealth(error);
      stopped = true;
      onSignedOut();
    } finally {
      reading--;
    }
  }

  const here = () => cases.findIndex(({ element }) => element.contains(document.activeElement));
  function step(by: number) {
    const next = cases[Math.max(0, Math.min(cases.length - 1, here() + by))];
    next?.element.focus({ preventScroll: true });
    next?.element.scrollIntoView({ block: "nearest" });
  }
  const keys: Readonly<Record<string, () => void>> = {
    j: () => step(1),
    k: () => step(-1),
    s: () => cases[here()]?.toggle(),
    a: () => cases[here()]?.accept(),
    r: () => cases[here()]?.askReason(),
  };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (act === undefined || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  function wake() {
    stopped = false;
    void attempt(readPictures);
    void attempt(readSources);
  }
  // A long list takes more than one call, and may take longer than the pause between two rounds.
  setInterval(() => reading === 0 && void attempt(readPictures), every.pictures);
  setInterval(() => void attempt(readSources), every.sources);
  document.addEventListener("visibilitychange", () => void attempt(readPictures));
  return { wake };
}
