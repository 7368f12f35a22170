import type { Compressor } from "../../providers/compressors/types.ts";
import type { Moderator } from "../../providers/moderators/types.ts";
import { type Source, SourceError } from "../../providers/sources/types.ts";
import { contentOf } from "./contents.ts";

/** The world outside: who is asked, paid and written to, and what each has seen. */
export function outside(isAway: () => boolean) {
  const paid: string[] = [];
  const written: string[] = [];
  const invalidated: { readonly prefix: string; readonly request: string }[] = [];

  const moderator: Moderator = {
    name: "stub",
    async screen({ bytes }) {
      const { confidence = 0 } = contentOf(bytes) ?? {};
      return { containsNudity: confidence > 80, confidence, labels: [], moderator: "stub" };
    },
  };

  /** Is paid once for each file, and answers otherwise when it was asked before: as tinify does. */
  const compressorOf =
    (mayCall: (pictureId: string, effect: string) => Promise<boolean>) =>
    (pictureId: string): Compressor => ({
      name: "paid",
      async compress({ name, width, height }, format) {
        const effect = `paid/${name}.${format}`;
        const isPaid = await mayCall(pictureId, effect);
        if (isPaid) paid.push(`${pictureId} ${effect}`);
        const method = isPaid ? "paid" : "own";
        return { bytes: Buffer.from(`${pictureId} ${name} ${width}x${height} ${format} ${method}`), method };
      },
    });

  /** A source's folder for results, which replaces nothing. */
  const source: Required<Pick<Source, "write">> = {
    async write(path) {
      if (isAway()) throw new SourceError(sourceName, "UNAVAILABLE", "expected an answer, but none came");
      if (written.includes(path)) throw new SourceError(sourceName, "CONFLICT", "expected a new name");
      written.push(path);
      return { id: path, path };
    },
  };

  return { paid, written, invalidated, moderator, compressorOf, source };
}

export const sourceName = "studio";
