import type { Trouble } from "./trouble.ts";

export interface Banner {
  /** How the connection is; undefined when it is well. */
  health(trouble: Trouble | undefined): void;
  /** What somebody asked for did not come about: said for a while. */
  tell(trouble: Trouble): void;
}

const readFor = 12_000;

/** The line at the top of the page that says what is wrong with the page as a whole. */
export function createBanner(host: HTMLElement): Banner {
  let unwell: Trouble | undefined;
  let told: Trouble | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function show() {
    const text = told?.message ?? (navigator.onLine ? (unwell ? sentence(unwell) : "") : offline);
    if (host.textContent !== text) host.textContent = text;
    host.hidden = text === "";
    host.classList.toggle("calm", text === offline);
  }
  addEventListener("offline", show);
  addEventListener("online", show);
  show();

  return {
    health(trouble) {
      unwell = trouble;
      show();
    },
    tell(trouble) {
      told = trouble;
      show();
      clearTimeout(timer);
      timer = setTimeout(() => {
        told = undefined;
        show();
      }, readFor);
    },
  };
}

const offline = "You are offline. Files you add wait here, and go when the network is back.";

const sentence = ({ message, passing }: Trouble) => (passing ? `${message} Trying again by itself.` : message);
