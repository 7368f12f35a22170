import { open, stat } from "node:fs/promises";
import { tooLarge } from "../handlers/pixels/reasons.ts";
import type { Reason } from "../handlers/record.ts";
import type { LimitOptions } from "../options.ts";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";

export type PictureBytes = { readonly bytes: Buffer } | { readonly refusal: Reason };

/** A file's bytes, or why they are not read. Never holds more than the limit, even of a file that grows meanwhile. */
export async function readPicture(file: string, limits: Pick<LimitOptions, "maxBytes">): Promise<PictureBytes> {
  try {
    // Asked before it is opened: opening a pipe waits for a writer.
    const info = await stat(file);
    if (info.isDirectory()) return refusal("NOT_A_FILE", `This is a folder. Name the pictures in it: ${file}/*`);
    if (!info.isFile()) return refusal("NOT_A_FILE", "This is a device or a pipe, not a file.");
    const large = tooLarge(info.size, limits);
    return large ? { refusal: large } : { bytes: await readUpTo(file, info.size) };
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return refusal("UNREADABLE", `This file cannot be read: ${fileTrouble(error)}.`);
  }
}

async function readUpTo(file: string, size: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const bytes = Buffer.allocUnsafe(size);
    let held = 0;
    while (held < size) {
      const { bytesRead } = await handle.read(bytes, held, size - held);
      if (bytesRead === 0) break;
      held += bytesRead;
    }
    return bytes.subarray(0, held);
  } finally {
    await handle.close();
  }
}

const refusal = (code: string, sentence: string) => ({ refusal: { code, sentence } });
