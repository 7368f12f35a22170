type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Makes one element. Text goes in as text nodes and attributes by setAttribute, so nothing a
 * picture is called can become markup. `true` sets a bare attribute; `false` and undefined none.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children);
  return element;
}

export function button(label: string, attributes: Attributes, onClick: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** A drawing of web/icons. All are hidden from screen readers: the words beside them say what they mean. */
export function icon(svg: string): SVGElement {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement as unknown as SVGElement;
  drawing.setAttribute("class", "icon");
  return document.importNode(drawing, true);
}

/** Fills `host` anew only when `key` changes: focus, typed text and open panels survive every poll in between. */
export function keyed(host: Element): (key: string, make: () => (Node | string)[]) => void {
  let shown: string | undefined;
  return (key, make) => {
    if (key === shown) return;
    shown = key;
    host.replaceChildren(...make());
  };
}

/** The address when a link or an image may use it; undefined for `javascript:` and its like. */
export function webAddress(url: string): string | undefined {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`Expected an element with the id "${id}" in index.html, found none.`);
  return found as T;
}
