import { resize } from "../handlers/pixels/resize.ts";
import { readHeader } from "../handlers/pixels/sharp.ts";
import type { Format } from "../handlers/record.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";

const widths = [320, 640, 1280, 1920];
const compressor = sharpCompressor({ preset: "balanced" });

/**
 * Darkroom's pixel work of one photograph, file by file, with nothing else loaded: for processes whose start and memory
 * are measured. What inspects and records is not in it, as it is not in the programs that it is compared with.
 */
export async function* developBare(photo: Buffer, set: "b" | "c"): AsyncGenerator<{ name: string; bytes: Buffer }> {
  const formats: Exclude<Format, "png" | "gif">[] = set === "b" ? ["jpeg"] : ["jpeg", "webp"];
  const seen = { ...(await readHeader(photo, "jpeg")), format: "jpeg", hasAlpha: false } as const;
  const { pixels } = await resize(photo, seen, { widths, formats }, { seconds: 60 });
  for (const level of pixels)
    for (const format of level.formats)
      yield { name: `${level.name}.${format}`, bytes: (await compressor.compress(level, format)).bytes };
}
