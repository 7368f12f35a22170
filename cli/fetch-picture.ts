import { tooLarge } from "../handlers/pixels/reasons.ts";
import type { LimitOptions } from "../options.ts";
import type { PictureBytes } from "./picture-file.ts";

/** A picture's bytes from an http(s) address, or why there are none. Never holds more than the limit. */
export async function fetchPicture(address: string, limits: Pick<LimitOptions, "maxBytes">): Promise<PictureBytes> {
  if (!URL.canParse(address)) return unreachable("this is not an address");
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
    const announced = tooLarge(Number(response.headers.get("content-length")), limits);
    if (!response.ok || announced) {
      await response.body?.cancel();
      return announced && response.ok ? { refusal: announced } : unreachable(`it was answered ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of response.body ?? []) {
      held += chunk.length;
      const refusal = tooLarge(held, limits);
      if (refusal) return { refusal };
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError")
      return unreachable("it took longer than 30 seconds");
    if (error instanceof TypeError) return unreachable(`it cannot be fetched (${causeOf(error)})`);
    throw error;
  }
}

const unreachable = (what: string) => ({
  refusal: { code: "UNREACHABLE", sentence: `Expected a picture at this address, but ${what}.` },
});

/** fetch keeps what happened in the error's cause. */
const causeOf = ({ cause, message }: TypeError) =>
  (cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error | undefined)?.message ?? message;
