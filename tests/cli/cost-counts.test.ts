import { beforeAll, describe, expect, it } from "vitest";
import { asks, recordBytes, workOf } from "../../cli/cost/work.ts";
import { compressionOptions, limitOptions, moderationOptions, renditionOptions } from "../../options.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";
import { moderatorFor } from "../../providers/moderators/index.ts";
import { settingsSchema } from "../../settings-schema.ts";
import { countedChain, steps } from "../fixtures/counted-chain.ts";
import { makePhoto } from "../fixtures/photos.ts";

/** What the bill reckons with, against what the actors do with one picture. */
const renditions = renditionOptions.parse({ widths: [320, 640, 960], formats: ["jpeg", "webp"] });
const made = 3 + 3 * 2;
let run: Awaited<ReturnType<typeof countedChain>>;

beforeAll(async () => {
  run = await countedChain(await makePhoto({ width: 1600, height: 1200, seed: 5 }), {
    renditions,
    limits: limitOptions.parse(undefined),
    compressor: sharpCompressor(compressionOptions.parse(undefined)),
    moderator: await moderatorFor(moderationOptions.parse(undefined), { secret: async () => undefined }),
  });
}, 60_000);

describe("what the bill says of a picture", () => {
  it.each(steps)("is what %s asks of S3 and DynamoDB", (step) => {
    const { puts, gets, removes, recordReads, recordWrites, smallWrites } = run.asked[step];
    const said = asks(made, true)[step];
    expect({ puts, gets, removes, reads: recordReads.length, writes: recordWrites.length, small: smallWrites }).toEqual(
      {
        puts: said.puts + (step === "ingest" ? 1 : 0),
        gets: said.gets,
        removes: said.removes,
        reads: said.reads.length,
        writes: said.writes.length,
        small: said.small,
      },
    );
  });

  it("is as large as the record is at each status, within 4 %", () => {
    const said = recordBytes(6, made);
    const sizes = steps.map((step) => run.asked[step].recordWrites.at(-1)!);
    for (const [i, status] of Object.keys(said).entries())
      expect(Math.abs(said[status as keyof typeof said] / sizes[i]! - 1), status).toBeLessThan(0.04);
  });

  it("is as many renditions, and the very bytes between resize and compress but for the tar's own", () => {
    const settings = settingsSchema.parse({ renditions: { widths: [320, 640, 960], formats: ["jpeg", "webp"] } });
    const work = workOf(settings, 1.92);
    expect(work.renditions).toBe(made);
    expect(run.picture).toMatchObject({ renditions: { length: made } });
    expect(run.bytesIn["resized"]! / work.resized).toBeCloseTo(1, 1);
  });
});
