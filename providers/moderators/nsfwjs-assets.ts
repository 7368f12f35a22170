/** What the embedded classifier reads at run time beside its code: `from` a package, `to` the bundle's folder. */
export const nsfwjsAssets = [
  { from: "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", to: "tfjs-backend-wasm-simd.wasm" },
] as const;
