import { attribute } from "../markup.ts";
import type { Edit, Tag } from "./place.ts";

/** Name and value of an attribute. */
export type Setting = readonly [name: string, value: string];

/** Those of the tag that change, where they are; the others behind the last. */
export function setAttributes(tag: Tag, settings: readonly Setting[]): Edit[] {
  const edits: Edit[] = [];
  let added = "";
  for (const [name, value] of settings) {
    const present = tag.attributes.get(name);
    if (present === undefined) added += ` ${attribute(name, value)}`;
    else if (present.value !== value)
      edits.push({ start: present.start, end: present.end, text: attribute(name, value) });
  }
  return added === "" ? edits : [...edits, inserted(tag.room, added)];
}

export const inserted = (at: number, text: string): Edit => ({ start: at, end: at, text });

/** A tag like this one with other values, closed as this one is. */
export function tagWith(
  like: Tag,
  name: string,
  settings: readonly Setting[],
  without: readonly string[] = [],
): string {
  const all = new Map([...like.attributes].map(([key, { value }]) => [key, value]));
  for (const key of without) all.delete(key);
  for (const [key, value] of settings) all.set(key, value);
  const written = [...all].map(([key, value]) => ` ${value === "" ? key : attribute(key, value)}`);
  // A slash right behind an unquoted value would be part of it; all values here are quoted.
  return `<${name}${written.join("")}${like.closed && name !== "amp-img" ? "/" : ""}>`;
}
