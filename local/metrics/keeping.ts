import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Bucket } from "./bucket.ts";
import { type Kept, type Resolution, resolutions } from "./store.ts";
import type { Metric } from "./types.ts";

/** Where measurements outlive the host. What changed after the last `save` is lost with a kill: they are numbers to look at. */
export interface Keeping {
  load(): readonly Kept[];
  /** Writes buckets over what was kept of them, and forgets those that nobody asks for any more. */
  save(changed: readonly Kept[], now: number): void;
  close(): void;
}

export function openKeeping(dir: string): Keeping {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, "metrics.db"));
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS buckets (
      metric TEXT NOT NULL,
      resolution TEXT NOT NULL,
      at INTEGER NOT NULL,
      bucket TEXT NOT NULL,
      PRIMARY KEY (metric, resolution, at)
    ) STRICT, WITHOUT ROWID;
  `);
  const put = db.prepare("INSERT OR REPLACE INTO buckets (metric, resolution, at, bucket) VALUES (?, ?, ?, ?)");
  const forget = db.prepare("DELETE FROM buckets WHERE resolution = ? AND at <= ?");

  return {
    load: () =>
      db
        .prepare("SELECT * FROM buckets ORDER BY at")
        .all()
        .map((row) => ({
          metric: JSON.parse(String(row["metric"])) as Metric,
          resolution: String(row["resolution"]) as Resolution,
          at: Number(row["at"]),
          bucket: bucketFrom(String(row["bucket"])),
        })),
    save(changed, now) {
      db.exec("BEGIN");
      for (const { metric, resolution, at, bucket } of changed)
        put.run(JSON.stringify(metric), resolution, at, JSON.stringify({ ...bucket, bins: [...bucket.bins] }));
      for (const [resolution, { ms, most }] of Object.entries(resolutions)) forget.run(resolution, now - most * ms);
      db.exec("COMMIT");
    },
    close: () => db.close(),
  };
}

function bucketFrom(text: string): Bucket {
  const { bins, ...rest } = JSON.parse(text) as Omit<Bucket, "bins"> & { bins: [number, number][] };
  return { ...rest, bins: new Map(bins) };
}
