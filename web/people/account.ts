import type { Api, Person } from "../api.ts";
import { button, el } from "../lib/dom.ts";
import { Trouble } from "../lib/trouble.ts";

export interface AccountDeps {
  /** The right end of the top bar. */
  readonly host: HTMLElement;
  readonly api: Pick<Api, "signOut">;
  /** Asked first; what it clears away stays away. Answers false to stay signed in. */
  readonly onLeave: () => Promise<boolean>;
  readonly onTrouble: (trouble: Trouble) => void;
}

/** Who is signed in, the way out, and what else they may see. */
export function createAccount({ host, api, onLeave, onTrouble }: AccountDeps): { show(person: Person): void } {
  async function leave() {
    if (!(await onLeave())) return;
    try {
      await api.signOut();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (error.code !== "SIGN_IN_FIRST") return onTrouble(error);
    }
    forgetPerson();
    location.reload();
  }

  return {
    show({ email, reviewer }) {
      const links = [
        { href: "./", label: "Pictures", page: "index" },
        { href: "review.html", label: "Review", page: "review" },
      ].map(({ href, label, page }) =>
        el("a", { href, ...(document.body.dataset.page === page && { "aria-current": "page" }) }, label),
      );
      host.replaceChildren(
        ...(reviewer ? [el("nav", { class: "pages", "aria-label": "Pages" }, ...links)] : []),
        el("span", { class: "who", title: email }, email),
        button("Sign out", { class: "quiet small" }, () => void leave()),
      );
    },
  };
}

const key = "darkroom-person";

/** The last one signed in here, for when Darkroom cannot be asked. */
export function rememberedPerson(): Person | undefined {
  const kept = localStorage.getItem(key);
  return kept === null ? undefined : (JSON.parse(kept) as Person);
}

export const rememberPerson = ({ email, reviewer }: Person): void =>
  localStorage.setItem(key, JSON.stringify({ email, reviewer }));

export const forgetPerson = (): void => localStorage.removeItem(key);
