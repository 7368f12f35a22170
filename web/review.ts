import { createApi, type Person } from "./api.ts";
import { createAnnouncer } from "./lib/announce.ts";
import { createBanner } from "./lib/banner.ts";
import { byId } from "./lib/dom.ts";
import { Trouble } from "./lib/trouble.ts";
import { createAccount } from "./people/account.ts";
import { createIdentity } from "./people/identity.ts";
import { createDesk } from "./reviewing/desk.ts";
import { createBefores } from "./uploading/befores.ts";
import { clearShared } from "./uploading/shared.ts";

/** Puts the reviewers' page together. */
const api = createApi();
const say = createAnnouncer(byId("live"));
const banner = createBanner(byId("trouble"));

const desk = createDesk({ api, say, onHealth: banner.health, onSignedOut: () => identity.lost() });
const identity = createIdentity({
  api,
  host: byId("sign-in"),
  onPerson: begin,
  onBack: desk.wake,
  onTrouble: banner.health,
});

function begin(person: Person) {
  document.body.classList.add("signed-in");
  createAccount({ host: byId("account"), api, onTrouble: banner.tell, onLeave: clear }).show(person);
  if (!person.reviewer) return banner.tell(new Trouble("NOT_ALLOWED", notAllowed, false));
  byId("desk").hidden = false;
  desk.wake();
}

async function clear(): Promise<boolean> {
  await Promise.all([createBefores().clear(), clearShared()]);
  return true;
}

const notAllowed = "This page is for reviewers. Ask for your address to be added to the stack's reviewers.";

void identity.begin();
