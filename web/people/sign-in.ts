import type { Api, Person } from "../api.ts";
import { button, el, webAddress } from "../lib/dom.ts";
import { Trouble } from "../lib/trouble.ts";
import { forgetPerson } from "./account.ts";

export interface SignInDeps {
  readonly host: HTMLElement;
  readonly api: Pick<Api, "askForCode" | "signIn" | "signOut">;
  readonly onSignedIn: (person: Person) => void;
}

export interface SignIn {
  /** Asks for an address, or for a press when the page was opened by the link of a mail. */
  show(): void;
  /** Says whose account is open, and lets in whoever says that it is theirs. */
  askWhether(person: Person): void;
  hide(): void;
}

/**
 * Lets a person in by a code that is mailed to their address. Anybody may send anybody a link or a code of their
 * own: unless this browser asked for that very address, the page names the account before it is used.
 */
export function createSignIn({ host, api, onSignedIn }: SignInDeps): SignIn {
  const trouble = el("p", { class: "trouble", role: "alert" });
  let linkCode = takeLinkCode();

  function fill(title: string, ...parts: (Node | string)[]) {
    trouble.textContent = "";
    host.replaceChildren(el("h2", { id: "sign-in-title" }, title), ...parts, trouble);
    host.querySelector<HTMLElement>("input, .primary")?.focus();
  }

  /** Runs what a button asks for, once at a time, and says what went wrong. */
  function form(send: () => Promise<void>, ...parts: Node[]): HTMLFormElement {
    const made = el("form", { class: "sign-in-form" }, ...parts);
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const submit = made.querySelector<HTMLButtonElement>(".primary");
      if (submit?.disabled) return;
      if (submit) submit.disabled = true;
      trouble.textContent = "";
      try {
        await send();
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        trouble.textContent = error.message;
      } finally {
        if (submit) submit.disabled = false;
      }
    });
    return made;
  }

  function askAddress() {
    const email = el("input", {
      id: "email",
      type: "email",
      required: true,
      autocomplete: "email",
      maxlength: "254",
      placeholder: "you@example.com",
    });
    const send = async () => {
      const address = email.value.trim();
      const { readAt } = await api.askForCode(address);
      asked.keep(address);
      askCode(address, readAt);
    };
    fill(
      "Sign in",
      el("p", {}, "We mail you a code. No password, no account to make."),
      form(
        send,
        el("label", { for: email.id, class: "field-label" }, "Your e-mail address"),
        row(email, "Send a code"),
      ),
    );
  }

  function askCode(address: string, readAt: string | undefined) {
    const code = el("input", {
      id: "code",
      type: "text",
      required: true,
      autocomplete: "one-time-code",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: "100",
    });
    const mailbox = readAt === undefined ? undefined : webAddress(readAt);
    fill(
      "Look into your mail",
      el(
        "p",
        {},
        "We have sent a code to ",
        el("strong", {}, address),
        ", if this address may hand in pictures. It works once, for 15 minutes. ",
        ...(mailbox === undefined ? [] : [el("a", { href: mailbox }, "Read it here")]),
      ),
      form(
        async () => enter(code.value),
        el("label", { for: code.id, class: "field-label" }, "Code"),
        row(code, "Sign in"),
      ),
      button("Use another address", { class: "quiet small" }, askAddress),
    );
  }

  function askPress(code: string) {
    fill(
      "Welcome back",
      el("p", {}, "You came by the link of our mail."),
      form(
        async () => {
          linkCode = undefined;
          await enter(code);
        },
        el("div", {}, el("button", { type: "submit", class: "primary" }, "Sign in")),
      ),
      button("Ask for a new code", { class: "quiet small" }, askAddress),
    );
  }

  async function enter(code: string) {
    const person = await api.signIn(code);
    if (asked.was(person.email)) signedIn(person);
    else askWhether(person);
  }

  function askWhether(person: Person) {
    // Whoever was here before is not who the cookie now says, so nobody goes on as them without a network.
    forgetPerson();
    host.hidden = false;
    const goOn = async () => signedIn(person);
    const leave = async () => {
      await api.signOut().catch((error: unknown) => {
        if (!(error instanceof Trouble) || error.code !== "SIGN_IN_FIRST") throw error;
      });
      askAddress();
    };
    fill(
      "Is this your account?",
      el("p", {}, "You are signed in as ", el("strong", {}, person.email), ", and what you add goes to this account."),
      form(goOn, el("div", {}, el("button", { type: "submit", class: "primary" }, `Go on as ${person.email}`))),
      form(leave, el("div", {}, el("button", { type: "submit", class: "quiet small" }, "Not you? Sign out"))),
    );
  }

  function signedIn(person: Person) {
    asked.clear();
    onSignedIn(person);
  }

  addEventListener("hashchange", () => {
    linkCode = takeLinkCode() ?? linkCode;
    if (linkCode !== undefined && !host.hidden) askPress(linkCode);
  });

  return {
    show() {
      if (!host.hidden) return;
      host.hidden = false;
      if (linkCode === undefined) askAddress();
      else askPress(linkCode);
    },
    askWhether,
    hide() {
      host.hidden = true;
      host.replaceChildren();
    },
  };
}

/** The address that this browser last asked a code for; a mail's link may open in another tab. */
const asked = {
  keep: (address: string) => localStorage.setItem(askedKey, address),
  was: (address: string) => localStorage.getItem(askedKey)?.toLowerCase() === address.toLowerCase(),
  clear: () => localStorage.removeItem(askedKey),
};
const askedKey = "darkroom-asked";

const row = (input: HTMLInputElement, label: string) =>
  el("div", { class: "field-row" }, input, el("button", { type: "submit", class: "primary" }, label));

/** The code of a mail's link. It leaves the address bar at once, and so the history too. */
function takeLinkCode(): string | undefined {
  const code = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, "", location.pathname);
  return code;
}
