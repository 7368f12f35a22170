import { createHash } from "node:crypto";
import type { Picture } from "./record.ts";

/**
 * What a picture's claim on its bytes is kept under. Bytes are compared within what one person, or
 * one source, handed in: what is whose, and whether it was sent before, is nobody else's business,
 * and who deletes a picture takes nobody else's away.
 */
export const contentClaim = ({ uploader, source }: Pick<Picture, "uploader" | "source">, contentHash: string): string =>
  createHash("sha256")
    .update(JSON.stringify([uploader ?? source, contentHash]))
    .digest("hex");
