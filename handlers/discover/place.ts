/** A change of a text. Offsets here and below count UTF-16 code units from its start. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Attribute {
  /** With character references read. */
  readonly value: string;
  /** Of name and value together. */
  readonly start: number;
  readonly end: number;
}

/** An opening tag as it stands in the file. */
export interface Tag {
  readonly start: number;
  readonly end: number;
  /** Where a further attribute may be written: behind the last, or behind the name. */
  readonly room: number;
  /** Written as XML wants it, with a slash at the end. */
  readonly closed: boolean;
  /** By name in lower case, in the order of the file. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

interface Referring {
  /** The picture as the file names it; of several sizes the largest. */
  readonly reference: string;
  /** Template syntax decides what stands here, so it is left. */
  readonly templated: boolean;
}

/** A place that holds one address. What is put there must have the picture's own size, for that is how it is shown. */
export interface AddressPlace extends Referring {
  readonly kind: "address";
  readonly start: number;
  readonly end: number;
  readonly notation: "css" | "markdown" | { readonly attribute: string };
  /** What stands around it names the format. */
  readonly sameFormat: boolean;
}

/** An element that can offer a choice of files. */
export interface ElementPlace extends Referring {
  readonly kind: "img" | "source" | "amp-img" | "preload";
  readonly tag: Tag;
  /** File pixels for each pixel of the page, where no width says it. */
  readonly density: number;
  /** Its `srcset` names widths. */
  readonly byWidth: boolean;
  /** Of an `<img>`: the `<source>` elements before it in its `<picture>`. */
  readonly sources?: readonly Tag[];
  /** Of an `<img>`: the first of its page, which is probably in sight at once. */
  readonly first?: boolean;
  /** Of an `<amp-img>`: it has a fallback of its own. */
  readonly hasFallback?: boolean;
  /** Of an `<amp-img>`: it is closed by a tag, so that something can be put inside. */
  readonly open?: boolean;
}

export type Place = AddressPlace | ElementPlace;

/** What a file says of pictures. */
export interface Page {
  readonly places: readonly Place[];
  /** Of `<base href>`. */
  readonly base?: string;
  readonly amp: boolean;
  /** Says by `<meta name="viewport">` that it is made for narrow screens as well. */
  readonly responsive: boolean;
}
