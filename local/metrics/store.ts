import { type Bucket, bucketOf, merged } from "./bucket.ts";
import { keyOf, type Metric, type Point, type Readings } from "./types.ts";

/** Stretches that measurements are summed up over, and how many of each are kept: a little more than 3 hours and 15 days. */
export const resolutions = {
  minute: { ms: 60_000, most: 250 },
  hour: { ms: 3_600_000, most: 384 },
} as const;
export type Resolution = keyof typeof resolutions;

/** One bucket as it is kept. */
export interface Kept {
  readonly metric: Metric;
  readonly resolution: Resolution;
  /** Its beginning, in epoch milliseconds. */
  readonly at: number;
  readonly bucket: Bucket;
}

export interface Store extends Readings {
  /** Adds a measurement; passes over one older than two weeks or over two hours ahead, as CloudWatch does. */
  add(point: Point): void;
  /** Takes a bucket back from where it was kept. */
  restore(kept: Kept): void;
  /** Buckets that changed since the last call. */
  changed(): readonly Kept[];
}

interface StoreDeps {
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Most metrics that are kept. @default 1000 */
  readonly most?: number;
  /** Is told once when there are too many. */
  readonly warn: (text: string) => void;
}

interface Series {
  readonly metric: Metric;
  readonly buckets: Readonly<Record<Resolution, Map<number, Bucket>>>;
}

/** Measurements in memory, bounded: so many metrics, so many stretches of each. */
export function createStore({ now = Date.now, most = 1000, warn }: StoreDeps): Store {
  const all = new Map<string, Series>();
  const dirty = new Map<string, readonly [Series, Resolution, number]>();
  let full = false;

  function seriesOf({ namespace, name, dimensions, unit = "None" }: Point): Series | undefined {
    const key = keyOf({ namespace, name, dimensions });
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= most) {
      if (!full)
        warn(
          `METRICS_FULL: expected at most ${most} metrics, so ${name} of ${namespace} is not kept. Use fewer dimensions.`,
        );
      full = true;
      return undefined;
    }
    const series = { metric: { namespace, name, dimensions, unit }, buckets: { minute: new Map(), hour: new Map() } };
    all.set(key, series);
    return series;
  }

  function put(series: Series, resolution: Resolution, at: number, bucket: Bucket) {
    const { ms, most: kept } = resolutions[resolution];
    const buckets = series.buckets[resolution];
    if (at <= now() - kept * ms) return;
    buckets.set(at, merged([...(buckets.has(at) ? [buckets.get(at)!] : []), bucket])!);
    for (const old of buckets.keys()) if (old <= now() - kept * ms) buckets.delete(old);
  }

  return {
    metrics: () => [...all.values()].map(({ metric }) => metric),
    add(point) {
      const { at = now(), value } = point;
      if (!Number.isFinite(value) || at < now() - 14 * 86_400_000 || at > now() + 2 * 3_600_000) return;
      const series = seriesOf(point);
      if (series === undefined) return;
      for (const resolution of Object.keys(resolutions) as Resolution[]) {
        const start = at - (at % resolutions[resolution].ms);
        put(series, resolution, start, bucketOf(value));
        dirty.set(`${keyOf(point)}${resolution}${start}`, [series, resolution, start]);
      }
    },
    restore({ metric, resolution, at, bucket }) {
      const series = seriesOf({ ...metric, value: 0 });
      if (series !== undefined) put(series, resolution, at, bucket);
    },
    changed() {
      const kept = [...dirty.values()].flatMap(([{ metric, buckets }, resolution, at]) => {
        const bucket = buckets[resolution].get(at);
        return bucket === undefined ? [] : [{ metric, resolution, at, bucket }];
      });
      dirty.clear();
      return kept;
    },
    read(id, { from, to, periodMs }) {
      const series = all.get(keyOf(id));
      const periods = Array.from({ length: Math.max(0, Math.ceil((to - from) / periodMs)) }, (): Bucket[] => []);
      // Hours are kept longer; they serve whole hours alone.
      const hourly = periodMs % resolutions.hour.ms === 0 && from % resolutions.hour.ms === 0;
      for (const [at, bucket] of series?.buckets[hourly ? "hour" : "minute"] ?? [])
        if (at >= from && at < to) periods[Math.floor((at - from) / periodMs)]?.push(bucket);
      return periods.map(merged);
    },
  };
}
