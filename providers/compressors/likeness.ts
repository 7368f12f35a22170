/** Interleaved 8-bit pixels of one still picture. */
export interface Plane {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * How like two pictures of the same size look, in decibels: −10·log₁₀(1 − mean SSIM) of the brightness of their blocks of
 * 8 × 8. Twice as much is not twice as good, but 1 dB is the same step anywhere; 12 is visibly poor, 20 hard to tell
 * apart. Alike to the last pixel is Infinity. Sides below 8 are one block; rows and columns beyond the last whole block do not count.
 */
export function likeness(a: Plane, b: Plane): number {
  return likenessTo(a)(b);
}

/** The same against one picture many times: its brightness is worked out once. */
export function likenessTo(original: Plane): (other: Plane) => number {
  const own = lightOf(original);
  const { width, height } = original;
  return (other) => -10 * Math.log10(1 - meanSsim(own, lightOf(other), width, height));
}

const side = 8;
/** Constants of SSIM for 255 steps: (0.01 · 255)² and (0.03 · 255)². */
const c1 = 6.5025;
const c2 = 58.5225;

function meanSsim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  const [across, down] = [Math.min(side, width), Math.min(side, height)];
  let sum = 0;
  let blocks = 0;
  for (let top = 0; top + down <= height; top += down)
    for (let left = 0; left + across <= width; left += across) {
      sum += ssim(a, b, top * width + left, width, across, down);
      blocks += 1;
    }
  // Rounding may carry two equal pictures past 1.
  return Math.min(1, sum / blocks);
}

function ssim(a: Uint8Array, b: Uint8Array, from: number, stride: number, across: number, down: number): number {
  let [sumA, sumB, squares, product] = [0, 0, 0, 0];
  for (let row = 0, start = from; row < down; row++, start += stride)
    for (let at = start, end = start + across; at < end; at++) {
      const [x, y] = [a[at] as number, b[at] as number];
      sumA += x;
      sumB += y;
      squares += x * x + y * y;
      product += x * y;
    }
  const count = across * down;
  const means = (sumA * sumB) / count;
  const meanSquares = (sumA * sumA + sumB * sumB) / count;
  return (
    ((2 * means + c1 * count) * (2 * (product - means) + c2 * count)) /
    ((meanSquares + c1 * count) * (squares - meanSquares + c2 * count))
  );
}

/** Brightness as JPEG has it. */
function lightOf({ data, width, height, channels }: Plane): Uint8Array {
  const light = new Uint8Array(width * height);
  for (let to = 0, from = 0; to < light.length; to++, from += channels)
    light[to] =
      (19_595 * (data[from] as number) + 38_470 * (data[from + 1] as number) + 7_471 * (data[from + 2] as number)) >>
      16;
  return light;
}
