import type { Bucket } from "./bucket.ts";

export type Dimensions = Readonly<Record<string, string>>;

/** What CloudWatch tells one metric from another by. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** One measurement. */
export interface Point extends MetricId {
  readonly value: number;
  /** One of CloudWatch's units. @default "None" */
  readonly unit?: string;
  /** Epoch milliseconds. @default now */
  readonly at?: number;
}

export interface Metric extends MetricId {
  readonly unit: string;
}

/** A stretch of time, cut into periods. Epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** A minute, or a multiple of it. */
  readonly periodMs: number;
}

/** Reads what was measured. */
export interface Readings {
  metrics(): readonly Metric[];
  /** One for each period of the span, from the oldest; undefined where nothing was measured. */
  read(id: MetricId, span: Span): readonly (Bucket | undefined)[];
}

export const keyOf = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
