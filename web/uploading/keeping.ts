import type { Body, Meta, Uppy, UppyFile } from "@uppy/core";
import GoldenRetriever, { type GoldenRetrieverOptions } from "@uppy/golden-retriever";

export interface KeepingDeps<M extends Meta> {
  /** Told once what an earlier page left undone, when there is any. */
  readonly onRestored: (files: readonly UppyFile<M, Body>[]) => void;
}

const MiB = 1024 * 1024;

/**
 * Files and how far they are outlive the page, in IndexedDB, for a day. Only one page at a time keeps
 * and restores: a second tab would send everything a second time.
 */
export function keepAcrossReloads<M extends Meta>(uppy: Uppy<M, Body>, { onRestored }: KeepingDeps<M>): void {
  uppy.on("restored", () => {
    // Who sends when is decided by turns, not by what ran when the page went.
    uppy.setState({ currentUploads: {}, recoveredState: null });
    onRestored(uppy.getFiles());
  });
  // The plugin hands these on to its store, whose own limits are below what goes in parts.
  const limits = { maxFileSize: 256 * MiB, maxTotalSize: 1024 * MiB };
  void navigator.locks.request(uppy.getID(), () => {
    uppy.use(GoldenRetriever, { indexedDB: limits as GoldenRetrieverOptions["indexedDB"] });
    return new Promise(() => {});
  });
}
