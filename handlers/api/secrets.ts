import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Crockford's base32: no I, L, O or U, which people read as something else. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 26;

/** 130 bits to be mailed: 26 characters that can be read aloud and typed. */
export const newCode = (): string => [...randomBytes(codeLength)].map((byte) => alphabet.charAt(byte & 31)).join("");

/** A code as people give it back, with spaces, dashes, small letters and mistaken ones. Undefined when it cannot be one. */
export function readCode(text: string): string | undefined {
  const code = text.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  return code.length === codeLength && [...code].every((character) => alphabet.includes(character)) ? code : undefined;
}

/** 256 bits to be kept in a cookie. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** SHA-256, hex: what is kept of codes, tokens and addresses. They are random, so it needs no salt. */
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What logs carry in place of an address: enough to follow somebody, too little to know them. */
export const fingerprintOf = (address: string): string => hashOf(address).slice(0, 12);

/** Says nothing by the time it takes, not even how long the secret is. */
export const sameSecret = (given: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(secret)));
