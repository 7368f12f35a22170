import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nsfwjsAssets } from "./nsfwjs-assets.ts";
import { type Classify, classes, loadModel, side } from "./nsfwjs-model.ts";
import { squaresOf } from "./preview.ts";
import { type ModerationImage, type Moderator, ModeratorError } from "./types.ts";
import { type Answer, worstOf } from "./worst.ts";

export interface NsfwjsDeps {
  /**
   * Folder that holds the files of nsfwjs-assets.ts.
   * @default the folder of this code when they are there, as in a bundle; otherwise the npm package
   */
  readonly assets?: URL | string;
}

const name = "nsfwjs";

/** How much of each class's probability counts as nudity. `Sexy` is bare skin, not nudity, yet what the model mixes up
 *  with it most: alone it reaches the band where a person decides, but never says nudity. */
const weights = { Drawing: 0, Hentai: 1, Neutral: 0, Porn: 1, Sexy: 0.45 } as const;

/** Confidence from which the answer is "nudity". */
const nudityFrom = 50;

/** The embedded classifier: offline, one model a process, loaded with the first picture. */
export function nsfwjsModerator({ assets }: NsfwjsDeps = {}): Moderator {
  return {
    name,
    async screen(image: ModerationImage) {
      const classify = await loaded(await folderOf(assets));
      return worstOf(name, squaresOf(name, image, side), async (pixels) => {
        await breathe();
        return toAnswer(await probabilities(classify, pixels));
      });
    },
  };
}

let model: Promise<Classify> | undefined;

/** One load for the process, however many ask for it at once: tfjs knows one backend only. */
function loaded(folder: string): Promise<Classify> {
  model ??= loadModel(folder).catch((cause) => {
    model = undefined;
    throw new ModeratorError(name, "CONFIG", `expected the model to load with ${folder}, but it did not`, { cause });
  });
  return model;
}

async function folderOf(assets: URL | string | undefined): Promise<string> {
  const candidates = assets === undefined ? [beside, packaged()] : [toFolder(assets)];
  for (const folder of candidates) if (folder && (await complete(folder))) return folder;
  const files = nsfwjsAssets.map((asset) => asset.to).join(", ");
  throw new ModeratorError(name, "CONFIG", `expected ${files} in ${candidates[0]}, received none. Build again`);
}

const beside = toFolder(new URL(".", import.meta.url));

/** Undefined where there are no npm packages, as on Lambda. */
function packaged(): string | undefined {
  try {
    return toFolder(dirname(createRequire(import.meta.url).resolve(nsfwjsAssets[0].from)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function toFolder(assets: URL | string): string {
  const path = assets instanceof URL ? fileURLToPath(assets) : assets;
  return path.endsWith(sep) ? path : path + sep;
}

async function complete(folder: string): Promise<boolean> {
  const found = await Promise.allSettled(nsfwjsAssets.map((asset) => access(folder + asset.to)));
  return found.every((result) => result.status === "fulfilled");
}

async function probabilities(classify: Classify, pixels: Uint8Array): Promise<Float32Array> {
  try {
    return await classify(pixels);
  } catch (cause) {
    throw new ModeratorError(name, "UNAVAILABLE", "expected the classifier to answer, but it failed", { cause });
  }
}

function toAnswer(output: Float32Array): Answer {
  const labels = classes.map((label, i) => ({ name: label, confidence: 100 * (output[i] ?? Number.NaN) }));
  const total = labels.reduce((sum, label) => sum + label.confidence, 0);
  if (!(Math.abs(total - 100) < 1))
    throw new ModeratorError(
      name,
      "BAD_ANSWER",
      `expected probabilities of ${classes.length} classes that sum to 100 %, received ${total} %`,
    );
  const confidence = labels.reduce((sum, label) => sum + weights[label.name] * label.confidence, 0);
  return { containsNudity: confidence >= nudityFrom, confidence, labels };
}
