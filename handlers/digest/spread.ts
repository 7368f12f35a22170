/** How long something took, as far as a mail needs it: in milliseconds, right to within 1 %. */
export interface Spread {
  add(ms: number): void;
  readonly count: number;
  /** The value that so many of 1 (0.5 for the median) do not exceed; 0 when there is none. */
  quantile(share: number): number;
}

/** Counts in buckets that grow by 2 %, about 900 for everything up to a day: memory does not grow with the pictures. */
export function createSpread(): Spread {
  const buckets = new Map<number, number>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(ms) {
      const bucket = ms < 1 ? 0 : 1 + Math.floor(Math.log(ms) / Math.log(growth));
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      count += 1;
    },
    quantile(share) {
      let left = Math.max(1, Math.ceil(share * count));
      for (const [bucket, held] of [...buckets].sort(([a], [b]) => a - b)) {
        left -= held;
        if (left <= 0) return bucket === 0 ? 0 : growth ** (bucket - 0.5);
      }
      return 0;
    },
  };
}

const growth = 1.02;
