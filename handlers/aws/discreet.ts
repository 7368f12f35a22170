/**
 * Keeps out of the logs what they may not show: people's addresses, and the secrets that this
 * process has read. It looks into every text of a line, because errors of libraries and services
 * quote what they were given.
 */
const hidden = new Set<string>();

/** A secret as it was read, as text or as JSON: from now on none of its texts is shown. */
export function hide(secret: string): void {
  for (const text of textsOf(secret)) if (text.length >= shortest) hidden.add(text);
}

/** The text without addresses and secrets. */
export function discreet(text: string): string {
  let shown = text.replace(address, "(address)");
  for (const secret of hidden) shown = shown.replaceAll(secret, "(secret)");
  return shown;
}

/** Shorter ones are no secrets, and would tear holes into every sentence. */
const shortest = 8;

/** With a plain or an encoded `@`; `icon@2x.png` is none. */
const address = /[\w.+!#$&'*=?^`{|}~-]{1,64}(?:@|%40)(?!\dx\.)[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63})+/giu;

function textsOf(secret: string): string[] {
  try {
    const value: unknown = JSON.parse(secret);
    if (typeof value === "object" && value !== null)
      return Object.values(value).flatMap((inner) =>
        textsOf(typeof inner === "string" ? inner : JSON.stringify(inner)),
      );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return [secret];
}
