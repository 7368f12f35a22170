/** Keeps the page fresh: asks for it again now and then, and puts in what has changed. */

const lookEveryMs = 5000;
const $ = (id) => document.getElementById(id);
const main = document.querySelector("main");
let paused = false;

async function look() {
  const response = await fetch(location.href).catch(() => undefined);
  // The host may be starting again; the next look will find it.
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  $("at").textContent = fresh.getElementById("at").textContent;
  const widgets = fresh.querySelectorAll("main [id].widget");
  const known = [...main.querySelectorAll("[id].widget")].map(({ id }) => id).join();
  const ringing = Boolean($("ringing")) === Boolean(fresh.getElementById("ringing"));
  if (known !== [...widgets].map(({ id }) => id).join() || !ringing) return replace(main, fresh.querySelector("main"));
  for (const widget of widgets) replace($(widget.id), widget);
}

/** Leaves alone what somebody is in the middle of, and keeps open what was opened. */
function replace(old, fresh) {
  const active = document.activeElement;
  if (old !== main && old.contains(active) && active.matches(".scroll")) return;
  const path = old.contains(active) ? pathTo(old, active) : undefined;
  const open = [...old.querySelectorAll("details")].map((details) => details.open);
  old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  old.querySelectorAll("details").forEach((details, index) => {
    details.open = open[index] ?? false;
  });
  if (path) old.querySelector(path)?.focus();
}

/** A summary has its focus back where it was. */
const pathTo = (old, active) => (active.matches("summary") && old !== main ? "summary" : undefined);

$("pause").hidden = false;
$("pause").addEventListener("click", () => {
  paused = !paused;
  $("pause").textContent = paused ? "Go on" : "Pause";
});
setInterval(() => document.visibilityState === "visible" && !paused && look(), lookEveryMs);
