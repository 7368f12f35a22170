import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import { MobileNetV2Model } from "nsfwjs/models/mobilenet_v2";

/** Pixels a side of what the model takes. */
export const side = 224;

/** The model's outputs, in its order. */
export const classes = ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"] as const;

/** Probabilities 0–1 in the order of `classes`, from side × side × 3 bytes of sRGB. */
export type Classify = (pixels: Uint8Array) => Promise<Float32Array>;

/**
 * Loads MobileNetV2 with nsfwjs's weights on the WebAssembly backend. The nsfwjs wrapper itself is
 * left out: it imports all of tfjs, a canvas and the network, for a division by 255.
 *
 * @param folder where the `.wasm` file of nsfwjs-assets.ts is, with a slash at the end.
 */
export async function loadModel(folder: string): Promise<Classify> {
  await startBackend(folder);
  const { default: json } = await MobileNetV2Model.modelJson();
  const shards = await Promise.all(MobileNetV2Model.weightBundles.map((load) => load()));
  const bytes = Buffer.concat(shards.map((shard) => Buffer.from(shard.default, "base64")));
  const model = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(bytes).buffer,
    }),
  );
  return (pixels) => classify(model, pixels);
}

async function classify(model: LayersModel, pixels: Uint8Array): Promise<Float32Array> {
  const unit = Float32Array.from(pixels, (value) => value / 255);
  const output = tf.tidy(() => model.predict(tf.tensor4d(unit, [1, side, side, 3])) as tf.Tensor);
  try {
    return (await output.data()) as Float32Array;
  } finally {
    output.dispose();
  }
}

/**
 * The backend's loader was written for scripts, so two of its habits are kept from the process:
 * it reads `__dirname`, which a bundled ES module does not have, and it leaves listeners that
 * throw on every unhandled rejection, over the head of whoever runs this process.
 */
async function startBackend(folder: string): Promise<void> {
  const scope = globalThis as { __dirname?: string };
  const before = scope.__dirname;
  const listening = events.map((event) => process.listeners(event as "uncaughtException"));
  setWasmPaths(folder);
  scope.__dirname ??= folder;
  try {
    if (!(await tf.setBackend("wasm"))) throw new Error(`expected the WebAssembly backend to start from ${folder}`);
  } finally {
    if (before === undefined) delete scope.__dirname;
    for (const [i, event] of events.entries())
      for (const listener of process.listeners(event as "uncaughtException"))
        if (!listening[i]?.includes(listener)) process.removeListener(event, listener);
  }
}

const events = ["uncaughtException", "unhandledRejection"] as const;
