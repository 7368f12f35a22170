/** What was measured in one stretch of time; any two can be put together. */
export interface Bucket {
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  /** How many values fell into each bin of `binOf`: percentiles within 2 %, in bounded memory. */
  readonly bins: ReadonlyMap<number, number>;
}

export const bucketOf = (value: number): Bucket => ({
  sum: value,
  min: value,
  max: value,
  count: 1,
  bins: new Map([[binOf(value), 1]]),
});

export function merged(buckets: readonly Bucket[]): Bucket | undefined {
  const [first, ...others] = buckets;
  if (first === undefined || others.length === 0) return first;
  const bins = new Map<number, number>();
  for (const bucket of buckets) for (const [bin, count] of bucket.bins) bins.set(bin, (bins.get(bin) ?? 0) + count);
  return {
    sum: buckets.reduce((sum, bucket) => sum + bucket.sum, 0),
    min: Math.min(...buckets.map(({ min }) => min)),
    max: Math.max(...buckets.map(({ max }) => max)),
    count: buckets.reduce((count, bucket) => count + bucket.count, 0),
    bins,
  };
}

const plain: Readonly<Record<string, (bucket: Bucket) => number>> = {
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
  SampleCount: ({ count }) => count,
};

/** Whether `statistic` knows it. */
export const isStatistic = (name: string): boolean => Object.hasOwn(plain, name) || percentOf(name) !== undefined;

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p95`. */
export function statistic(name: string, bucket: Bucket): number {
  const percent = percentOf(name);
  if (percent !== undefined) return percentile(bucket, percent);
  return plain[name]!(bucket);
}

function percentOf(name: string): number | undefined {
  const percent = Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(name)?.[1]);
  return percent <= 100 ? percent : undefined;
}

function percentile({ bins, min, max, count }: Bucket, percent: number): number {
  let left = Math.max(1, Math.ceil((percent / 100) * count));
  for (const [bin, size] of [...bins].sort(([a], [b]) => a - b)) {
    left -= size;
    if (left <= 0) return Math.min(max, Math.max(min, middleOf(bin)));
  }
  return max;
}

/** Neighbouring bins grow by this factor, so that the middle of one is within 2 % of all in it. */
const growth = 1.04;
/** Beyond these magnitudes a value counts as the outermost. */
const [smallest, largest] = [1e-6, 1e15];
const offset = Math.ceil(Math.log(1 / smallest) / Math.log(growth)) + 1;

function binOf(value: number): number {
  const size = Math.min(Math.abs(value), largest);
  if (size < smallest) return 0;
  return Math.sign(value) * (Math.floor(Math.log(size) / Math.log(growth)) + offset);
}

const middleOf = (bin: number): number => (bin === 0 ? 0 : Math.sign(bin) * growth ** (Math.abs(bin) - offset + 0.5));
