import { button } from "../lib/dom.ts";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** Offers to install Darkroom as an app, at the foot of the page, where the browser would let it. */
export function offerInstall(host: HTMLElement): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    host.replaceChildren(
      button("Install Darkroom on this device", { class: "quiet small" }, async () => {
        host.replaceChildren();
        await (event as InstallPrompt).prompt();
      }),
    );
  });
  addEventListener("appinstalled", () => host.replaceChildren());
}
