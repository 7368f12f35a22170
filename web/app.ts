import { createApi, type Person } from "./api.ts";
import { createGallery } from "./gallery/gallery.ts";
import { createAnnouncer } from "./lib/announce.ts";
import { createBanner } from "./lib/banner.ts";
import { confirmed } from "./lib/confirm.ts";
import { byId } from "./lib/dom.ts";
import { plural } from "./lib/format.ts";
import { createAccount } from "./people/account.ts";
import { createIdentity } from "./people/identity.ts";
import { offerInstall } from "./people/install.ts";
import { createBar } from "./uploading/bar.ts";
import { createBefores } from "./uploading/befores.ts";
import { listenForFiles } from "./uploading/drop.ts";
import { clearShared, sharedFiles } from "./uploading/shared.ts";
import { createUploads } from "./uploading/uploads.ts";

/** Puts the page together: who is there, then files into uploads, pictures out of the feed, both on one sheet. */
const api = createApi();
const say = createAnnouncer(byId("live"));
const banner = createBanner(byId("trouble"));
const befores = createBefores();

const identity = createIdentity({
  api,
  host: byId("sign-in"),
  onPerson: (person) => void work(person),
  onBack: () => back(),
  onTrouble: banner.health,
});
let back = () => {};

async function work(person: Person) {
  document.body.classList.add("signed-in");
  say(`Signed in as ${person.email}.`);
  const uploads = createUploads({
    api,
    person: person.email,
    onChange(upload) {
      gallery.show(upload);
      bar.show();
      if (upload.state.phase !== "sent") return;
      gallery.wake();
      if (upload.pictureId !== undefined && upload.file !== undefined) void befores.keep(upload.pictureId, upload.file);
    },
    onCancelled(id) {
      gallery.takeAway(id);
      bar.show();
    },
    onSignedOut: identity.lost,
  });

  const bar = createBar({
    host: byId("bar"),
    uploads,
    sure: (count) =>
      confirmed({
        title: "Cancel all uploads?",
        text: `${plural(count, "file has", "files have")} not arrived yet. What has arrived stays.`,
        yes: "Cancel them",
        no: "Go on",
      }),
  });

  const gallery = createGallery({
    api,
    say,
    uploads,
    befores,
    onHealth: banner.health,
    onTrouble: banner.tell,
    onSignedOut: identity.lost,
  });
  back = () => {
    uploads.signedIn();
    gallery.wake();
  };

  createAccount({
    host: byId("account"),
    api,
    onTrouble: banner.tell,
    async onLeave() {
      const open = uploads.all();
      const question = {
        title: "Sign out?",
        text: `${plural(open.length, "file has", "files have")} not arrived yet. They are thrown away here; what has arrived stays.`,
        yes: "Sign out",
        no: "Stay",
      };
      if (open.length > 0 && !(await confirmed(question))) return false;
      for (const { id } of open) uploads.cancel(id);
      await Promise.all([befores.clear(), clearShared()]);
      return true;
    },
  }).show(person);

  function add(files: File[]) {
    const twice = uploads.add(files);
    if (twice.length > 0) say(`${twice.join(", ")}: already on the way.`);
  }
  listenForFiles({ area: byId("drop"), inputs: [byId("files"), byId("camera")], onFiles: add });
  gallery.wake();
  await addShared(add);
}

/** Any page of the web can send files to where apps share to: nothing is handed in by itself. */
async function addShared(add: (files: File[]) => void) {
  const files = await sharedFiles();
  if (files.length === 0) return;
  const yes = await confirmed({
    title: `Add ${plural(files.length, "shared picture")}?`,
    text: files.map(({ name }) => name).join(", "),
    yes: "Add",
    no: "Leave out",
    harmless: true,
  });
  if (yes) add(files);
  await clearShared();
}

offerInstall(byId("install"));
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("sw.js");
void identity.begin();
