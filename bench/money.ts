import { availableParallelism, cpus } from "node:os";
import { Readable } from "node:stream";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import sharp from "sharp";
import { itemBytes } from "../cli/cost/item-size.ts";
import {
  compressionOptions,
  limitOptions,
  moderationOptions,
  type RenditionOptions,
  renditionOptions,
} from "../options.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import { moderatorFor } from "../providers/moderators/index.ts";
import { type CountedStep, countedChain } from "../tests/fixtures/counted-chain.ts";
import { makePhoto } from "../tests/fixtures/photos.ts";

/**
 * What `darkroom cost` reckons with, measured: `node bench/money.ts > cli/cost/measured.json`. CPU times
 * are medians over three photographs of 12 megapixels, each gone through twice.
 */
const limits = limitOptions.parse(undefined);
const moderator = await moderatorFor(moderationOptions.parse(undefined), { secret: async () => undefined });
const presets = ["fast", "balanced", "smallest"] as const;
const formats = ["jpeg", "webp", "avif"] as const;
const photos = await Promise.all([1, 2, 3].map((seed) => makePhoto({ width: 4000, height: 3000, seed })));
const megapixels = 12;

type Run = Awaited<ReturnType<typeof countedChain>>;
type Preset = (typeof presets)[number];

const defaults = await runs({});
const few = await runs({ widths: [640], formats: ["jpeg", "webp", "avif"] });
const plain = await runs({ formats: ["jpeg"] });
const compress: Record<string, Record<string, object>> = {};
// One after the other: CPU time is the process's, and would count what runs beside it.
for (const preset of presets)
  for (const format of formats)
    compress[preset] = { ...compress[preset], [format]: perMegapixel(await runs({ formats: [format] }, preset)) };

process.stdout.write(
  `${JSON.stringify(
    {
      at: new Date().toISOString().slice(0, 10),
      machine: `${availableParallelism()} × ${cpus()[0]?.model.trim()}, Node ${process.version}, sharp ${sharp.versions.sharp}`,
      photograph: {
        megapixels,
        bytesPerMegapixel: Math.round(median(photos.map(({ length }) => length)) / megapixels),
      },
      cpuMs: {
        ingestPerMegapixel: tenth(cpu(defaults, "ingest") / megapixels),
        moderatePerMegapixel: tenth(cpu(defaults, "moderate") / megapixels),
        resizePerMegapixel: tenth(cpu(defaults, "resize") / megapixels),
        publish: tenth(cpu(defaults, "publish")),
        archive: tenth(cpu(defaults, "archive")),
      },
      compress,
      recordBytes: recordBytes(),
      listedMegabytesPerSecond: tenth(await listed(defaults[0]!)),
    },
    null,
    2,
  )}\n`,
);

async function runs(changes: Partial<RenditionOptions>, preset: Preset = "balanced"): Promise<Run[]> {
  const renditions = renditionOptions.parse(changes);
  const compressor = sharpCompressor(compressionOptions.parse({ preset }));
  const made: Run[] = [];
  for (const photo of [...photos, ...photos])
    made.push(await countedChain(photo, { renditions, limits, compressor, moderator }));
  return made;
}

function cpu(of: readonly Run[], step: CountedStep) {
  return median(of.map(({ asked }) => asked[step].cpuMs));
}

/** CPU time and bytes for a megapixel that is published in this format; the three small ones are JPEG. */
function perMegapixel(of: readonly Run[]) {
  const figures = of.map(({ asked, picture }) => {
    if (!("renditions" in picture)) throw new Error(`Expected a published picture, received a ${picture.status} one.`);
    const pixels = picture.renditions.reduce((sum, { width, height }) => sum + width * height, 0) / 1e6;
    return { cpuMs: asked.compress.cpuMs / pixels, bytes: picture.bytesAfter / pixels };
  });
  return {
    cpuMs: tenth(median(figures.map((each) => each.cpuMs))),
    bytes: Math.round(median(figures.map((each) => each.bytes))),
  };
}

/** A record grows with its sizes and its renditions, from status to status: solved from three settings. */
function recordBytes() {
  const [seven, fifteen, six] = [plain, defaults, few].map((of) =>
    (["ingest", "moderate", "resize", "compress", "publish", "archive"] as const).map((step) =>
      median(of.map(({ asked }) => asked[step].recordWrites.at(-1)!)),
    ),
  ) as [number[], number[], number[]];
  const names = ["received", "accepted", "resized", "compressed", "published", "archived"];
  return Object.fromEntries(
    names.map((name, i) => {
      const rendition = (fifteen[i]! - seven[i]!) / 8;
      const level = (seven[i]! - six[i]! - rendition) / 3;
      return [
        name,
        {
          base: Math.round(seven[i]! - 7 * rendition - 7 * level),
          level: Math.round(level),
          rendition: Math.round(rendition),
        },
      ];
    }),
  );
}

/** Of a listing's pages of a megabyte, by this process alone: answers that the SDK takes apart, without a server. */
async function listed({ picture }: Run): Promise<number> {
  let sent = "";
  let body = "{}";
  const handle = async (request: { readonly body: Uint8Array }) => {
    sent = new TextDecoder().decode(request.body);
    return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(body)]) } };
  };
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region: "us-east-1", credentials, requestHandler: { handle } as never }),
  );
  await client.send(new PutCommand({ TableName: "catalog", Item: JSON.parse(JSON.stringify(picture)) }));
  const item = JSON.stringify((JSON.parse(sent) as { readonly Item: object }).Item);
  const count = Math.floor(1e6 / itemBytes(picture));
  body = `{"Items":[${Array.from({ length: count }, () => item).join()}],"Count":${count}}`;
  const query = new QueryCommand({ TableName: "catalog", KeyConditionExpression: "#a = :b" });
  const rates: number[] = [];
  for (let i = 0; i < 30; i++) {
    const before = process.cpuUsage();
    await client.send(query);
    const { user, system } = process.cpuUsage(before);
    rates.push((count * itemBytes(picture)) / (user + system));
  }
  return median(rates);
}

function median(values: readonly number[]) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function tenth(value: number) {
  return Math.round(value * 10) / 10;
}
