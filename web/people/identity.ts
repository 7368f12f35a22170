import type { Api, Person } from "../api.ts";
import { Trouble } from "../lib/trouble.ts";
import { rememberedPerson, rememberPerson } from "./account.ts";
import { createSignIn } from "./sign-in.ts";

export interface IdentityDeps {
  readonly api: Api;
  /** Where people sign in. */
  readonly host: HTMLElement;
  /** Told once, when somebody is there for the first time. */
  readonly onPerson: (person: Person) => void;
  /** Told when the same person is back after their session had ended. */
  readonly onBack: () => void;
  readonly onTrouble: (trouble: Trouble) => void;
}

export interface Identity {
  /** Finds out who is there, or asks. */
  begin(): Promise<void>;
  /** The session ended under the work: asks again, and leaves all else as it is. */
  lost(): void;
}

export function createIdentity({ api, host, onPerson, onBack, onTrouble }: IdentityDeps): Identity {
  let person: Person | undefined;
  const signIn = createSignIn({ host, api, onSignedIn: enter });

  function enter(found: Person) {
    rememberPerson(found);
    // Nothing of one person's work may become another's.
    if (person !== undefined && person.email !== found.email) return location.reload();
    signIn.hide();
    document.body.classList.remove("signed-out");
    if (person !== undefined) return onBack();
    person = found;
    onPerson(found);
  }

  function ask() {
    document.body.classList.add("signed-out");
    signIn.show();
  }

  return {
    lost: ask,
    async begin() {
      const known = rememberedPerson();
      if (known === undefined) return ask();
      try {
        const found = await api.session();
        if (found.email === known.email) return enter(found);
        document.body.classList.add("signed-out");
        signIn.askWhether(found);
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        if (error.code === "SIGN_IN_FIRST") return ask();
        // Without a network, whoever was here last goes on; the API asks them in when it can.
        enter(known);
        onTrouble(error);
      }
    },
  };
}
