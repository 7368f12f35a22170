import type { Reason } from "../record.ts";
import { type LeftCode, left } from "./left.ts";

/** Where the files are that pages refer to, and under which addresses they are seen. */
export interface Site {
  /** Address of the root, with a slash at the end: a path, such as `/` or `/blog/`, or with scheme and host before it. */
  readonly root: string;
  /** What the addresses of published pictures begin with: a path from the root, such as `assets/darkroom/`, or `https://…/`. */
  readonly published: string;
}

/** How a reference was written, and so how the one in its place is to be. */
export type Manner = "relative" | "root" | "absolute";

export type Resolved =
  | {
      readonly to: "file";
      /** From the root, without a slash before it. */
      readonly path: string;
      readonly manner: Manner;
    }
  /** A picture that was published before: there is nothing to do. */
  | { readonly to: "published" }
  | { readonly to: "elsewhere"; readonly reason: Reason };

/** The file that refers to a picture. */
export interface Referrer {
  /** From the root. */
  readonly path: string;
  /** Of its `<base href>`. */
  readonly base?: string;
}

/** Reads a reference as a browser would. Whether there is such a file is for the caller to find out. */
export function resolveReference(reference: string, from: Referrer, site: Site): Resolved {
  const elsewhere = (code: LeftCode): Resolved => ({ to: "elsewhere", reason: left(code) });
  const root = rootOf(site);
  const base = baseOf(from, root);
  const address = URL.parse(reference, base);
  if (address === null) return elsewhere("BAD_ADDRESS");
  if (isRemote(site.published) && address.href.startsWith(site.published)) return { to: "published" };
  if (address.protocol === "data:") return elsewhere("DATA");
  if (address.origin !== root.origin) return elsewhere("REMOTE");
  const manner = mannerOf(reference);
  if (!address.pathname.startsWith(root.pathname) || (manner === "relative" && climbsOut(reference, base)))
    return elsewhere("OUTSIDE");
  const path = decoded(address.pathname.slice(root.pathname.length));
  if (path === undefined || path === "" || path.endsWith("/")) return elsewhere("BAD_ADDRESS");
  if (/[\\\0]/.test(path) || path.split("/").includes("..")) return elsewhere("OUTSIDE");
  if (!isRemote(site.published) && path.startsWith(site.published)) return { to: "published" };
  if (/\.(svgz?|ico)$/i.test(path)) return elsewhere("VECTOR");
  return { to: "file", path, manner };
}

/** How a page refers to something below the root, written as the reference whose place it takes was. Safe in HTML, CSS and Markdown without quotes. */
export function referenceTo(path: string, manner: Manner, from: Referrer, site: Site): string {
  const written = path.split("/").map(encoded);
  const root = rootOf(site);
  const base = baseOf(from, root);
  if (manner === "absolute") return `${site.root}${written.join("/")}`;
  if (manner === "root" || !base.pathname.startsWith(root.pathname)) return `${root.pathname}${written.join("/")}`;
  const here = base.pathname.slice(root.pathname.length).split("/").slice(0, -1);
  let shared = 0;
  while (shared < here.length && here[shared] === written[shared]) shared++;
  return [...here.slice(shared).map(() => ".."), ...written.slice(shared)].join("/");
}

const isRemote = (address: string) => /^https?:\/\//i.test(address);

/** A name that no host can have stands in where none is known. */
const rootOf = ({ root }: Site): URL => new URL(root, "http://site.invalid/");

function baseOf({ path, base }: Referrer, root: URL): URL {
  const own = new URL(path.split("/").map(encoded).join("/"), root);
  return (base === undefined ? null : URL.parse(base, own)) ?? own;
}

function mannerOf(reference: string): Manner {
  if (/^\s*([a-z][a-z\d+.-]*:|[/\\]{2})/i.test(reference)) return "absolute";
  return /^\s*[/\\]/.test(reference) ? "root" : "relative";
}

/** Browsers stay at the top where a reference climbs over it; on a disk that would be another folder. */
function climbsOut(reference: string, base: URL): boolean {
  let depth = base.pathname.split("/").length - 2;
  const steps = reference.replace(/[?#][\s\S]*$/, "").split(/[/\\]/);
  return steps.some((step) => {
    const plain = step.trim().replace(/%2e/gi, ".");
    if (plain === "..") depth -= 1;
    else if (plain !== "." && plain !== "") depth += 1;
    return depth < 0;
  });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Brackets and quotes as well, which would end a reference in CSS or Markdown. */
const encoded = (part: string) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
