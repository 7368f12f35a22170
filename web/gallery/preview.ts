import { thumbHashToRGBA } from "thumbhash";
import type { Picture } from "../../handlers/record.ts";
import picture from "../icons/picture.svg";
import { el, icon, keyed, webAddress } from "../lib/dom.ts";
import type { Entry } from "./entries.ts";
import { thumb } from "./words.ts";

export interface Preview {
  readonly element: HTMLElement;
  show(entry: Entry): void;
  close(): void;
}

/** Largest file the browser is asked to draw before the pipeline has made it small, in bytes. */
const drawable = 30_000_000;

/**
 * The print in the tray: first the sender's own file or the ThumbHash, then the published
 * rendition, which develops over it.
 */
export function createPreview(): Preview {
  const under = el("div", { class: "preview-under" });
  const over = el("div", { class: "preview-over" });
  const fillUnder = keyed(under);
  const fillOver = keyed(over);
  let local: string | undefined;

  return {
    element: el("div", { class: "preview" }, under, over),
    show({ picture: record, upload }) {
      const file = upload?.file;
      const hash = record !== undefined && "placeholder" in record ? record.placeholder : undefined;
      if (file !== undefined && file.size < drawable && file.type.startsWith("image/"))
        fillUnder("file", () => {
          local ??= URL.createObjectURL(file);
          return [loading(local, "", () => under.replaceChildren(icon(picture)))];
        });
      else if (hash !== undefined) fillUnder(hash, () => [paint(hash)]);
      else fillUnder("none", () => [icon(picture)]);

      const address = record === undefined ? undefined : published(record);
      fillOver(address ?? "", () =>
        address === undefined ? [] : [loading(address, `Preview of ${record?.name}`, () => over.replaceChildren())],
      );
    },
    close() {
      if (local !== undefined) URL.revokeObjectURL(local);
    },
  };
}

/** Only what is published may be loaded: before that the address answers "not found". */
function published(record: Picture): string | undefined {
  const best = record.status === "published" ? thumb(record.renditions) : undefined;
  return best && webAddress(best.url);
}

function loading(address: string, alt: string, onError: () => void): HTMLImageElement {
  const image = el("img", { alt, decoding: "async", src: address });
  image.addEventListener("load", () => image.classList.add("developed"));
  image.addEventListener("error", onError);
  return image;
}

function paint(placeholder: string): HTMLCanvasElement {
  const { w, h, rgba } = thumbHashToRGBA(Uint8Array.from(atob(placeholder), (char) => char.charCodeAt(0)));
  const canvas = el("canvas", { width: String(w), height: String(h), class: "thumbhash" });
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0);
  return canvas;
}
