import type { Reason } from "../record.ts";

/** Every reason for which a reference stays as it is, in words. */
const sentences = {
  DATA: "The picture is inside the page itself, as a data: address.",
  REMOTE: "The picture is on another site.",
  OUTSIDE: "The reference leads out of the site's folder. Copy the picture into it.",
  BAD_ADDRESS: "This cannot be read as the address of a file. Mend the reference.",
  MISSING: "There is no file of this name. Mend the reference, or add the file.",
  TEMPLATE: "Template syntax decides what stands here.",
  VECTOR: "Vector drawings and icons fit every size as they are.",
  NOTHING_GAINED: "The file is as small as what would take its place.",
  SIZE_WOULD_CHANGE: "Here a picture shows at its own size, and there is no rendition of just that size.",
  FORMAT_NOT_MADE: "The page names a format here in which there is no smaller rendition.",
  ANIMATION_TOO_LARGE: "Its animation is too large to be made at any width, and would stand still.",
  TOO_LARGE: "The file is larger than what is taken in. Save it smaller.",
  LFS_POINTER: "The picture is in Git LFS, and only a pointer to it in Git. Commit the file itself.",
  IN_REVIEW: "A person decides about this picture first; the next run after that takes it up.",
  FORGOTTEN: "The picture was deleted on request, and is not taken in again.",
  NOT_YET: "The page was changed meanwhile. The next run looks at it again.",
} as const;

export type LeftCode = keyof typeof sentences;

export const left = (code: LeftCode): Reason => ({ code, sentence: sentences[code] });

/** Those that somebody should look into; the others are as they should be. */
export const isTrouble = ({ code }: Reason) => !harmless.has(code);

const harmless: ReadonlySet<string> = new Set<LeftCode>([
  "DATA",
  "REMOTE",
  "TEMPLATE",
  "VECTOR",
  "NOTHING_GAINED",
  "SIZE_WOULD_CHANGE",
  "FORMAT_NOT_MADE",
  "ANIMATION_TOO_LARGE",
  "IN_REVIEW",
]);
