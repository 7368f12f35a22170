import type { ObjectInfo } from "./ports.ts";
import type { Tier } from "./record.ts";

export interface ColdObject extends Pick<ObjectInfo, "bytes" | "etag"> {
  readonly storageClass: string;
}

/** The archive bucket: what is in it may have to be thawed before it can be read. */
export interface ColdStore {
  readonly bucket: string;
  head(key: string): Promise<ColdObject | undefined>;
  /** Server-side copy of exactly the object that has `etag`. Answers false when it is gone or changed. */
  keep(
    from: { readonly bucket: string; readonly key: string; readonly etag: string },
    key: string,
    storageClass: string,
  ): Promise<boolean>;
  /**
   * Has an object made readable for so many days, which takes minutes or hours: the bucket says when
   * it is. Asking again while it is under way changes nothing.
   */
  thaw(key: string, asked: { readonly days: number; readonly tier: Tier }): Promise<"under way" | "readable">;
}
