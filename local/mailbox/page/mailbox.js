/** The mailbox in a browser: it looks for new mails now and then, and shows the newest until one is chosen. */

const lookEveryMs = 1500;
const $ = (id) => document.getElementById(id);
let mails = [];
let shown;

async function look() {
  const response = await fetch("/mailbox/mails").catch(() => undefined);
  // The host may be starting again; the next look will find it.
  if (!response?.ok) return;
  const before = new Set(mails.map(({ id }) => id));
  ({ mails } = await response.json());
  const fresh = mails.filter(({ id }) => !before.has(id));
  const gone = [...$("list").children].filter(({ dataset }) => !mails.some(({ id }) => id === dataset.id));
  for (const item of gone) item.remove();
  $("list").prepend(...fresh.map(itemOf));
  $("empty").hidden = mails.length > 0;
  $("box").hidden = mails.length === 0;
  if (before.size > 0 && fresh[0]) $("live").textContent = `New mail to ${fresh[0].to.join(", ")}: ${fresh[0].subject}`;
  show();
}

function itemOf({ id, at, to, subject }) {
  const link = element("a", { href: `#${id}` }, [
    element("strong", {}, [subject]),
    element("span", {}, [to.join(", ")]),
    element("time", { dateTime: at }, [new Date(at).toLocaleTimeString()]),
  ]);
  const item = element("li", {}, [link]);
  item.dataset.id = id;
  return item;
}

function show() {
  const mail = mails.find(({ id }) => `#${id}` === location.hash) ?? mails[0];
  for (const { dataset, firstElementChild } of $("list").children)
    firstElementChild.setAttribute("aria-current", String(dataset.id === mail?.id));
  if (mail === undefined || mail.id === shown) return;
  shown = mail.id;
  $("subject").textContent = mail.subject;
  $("from").textContent = mail.from;
  $("to").textContent = mail.to.join(", ");
  $("at").textContent = new Date(mail.at).toLocaleString();
  $("body").hidden = mail.html === undefined;
  // Replaced, so that going back leads to the mail before and not to an empty frame.
  if (mail.html !== undefined) $("body").contentWindow.location.replace(`/mailbox/mails/${mail.id}`);
  $("plain").hidden = mail.text === undefined;
  $("plain").open = mail.html === undefined;
  $("text").textContent = mail.text ?? "";
}

function element(name, properties, children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

addEventListener("hashchange", show);
await look();
setInterval(() => document.visibilityState === "visible" && look(), lookEveryMs);
