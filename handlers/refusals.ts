/** Pictures whose results a source would not take until somebody mends it. */
export interface Refusals {
  keep(source: string, pictureId: string, at: string): Promise<void>;
  /** So many of them. */
  of(source: string, limit: number): Promise<readonly Refusal[]>;
  /** Unless it was refused again since. */
  end(source: string, refusal: Refusal): Promise<void>;
}

export interface Refusal {
  readonly pictureId: string;
  /** ISO 8601. */
  readonly at: string;
}
