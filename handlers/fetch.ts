import { type FileVersion, type Source, SourceError, type SourceErrorCode } from "../providers/sources/types.ts";
import { endOfName } from "./keys.ts";
import type { SourceMeasure } from "./measures.ts";
import { pulledKey } from "./object-keys.ts";
import { fileIdentity } from "./picture-id.ts";
import type { Catalog, Log, ObjectStore, SourceLedger } from "./ports.ts";
import { needsPerson, sentences } from "./standing.ts";

export interface FetchDeps {
  readonly source: Pick<Source, "name" | "read">;
  readonly catalog: Pick<Catalog, "get">;
  readonly ledger: Pick<SourceLedger, "taken" | "failed">;
  readonly incoming: ObjectStore;
  /** Largest file taken, in bytes. */
  readonly maxBytes: number;
  readonly now: () => Date;
  readonly log: Log;
  readonly measure: SourceMeasure;
}

/** About this one file, and lasting: another try would end the same. A changed file comes back with the next look. */
const lasting: ReadonlySet<SourceErrorCode> = new Set([
  "NOT_FOUND",
  "CHANGED",
  "ARCHIVED",
  "NOT_DOWNLOADABLE",
  "TOO_LARGE",
]);

/** Streams one file of a source into the incoming bucket. Safe to run twice: the key is made of what it is. */
export const createFetch =
  ({ source, catalog, ledger, incoming, maxBytes, now, log, measure }: FetchDeps) =>
  async (file: FileVersion): Promise<void> => {
    const { sourceId, revision, pictureId } = fileIdentity(source.name, file);
    const said = { actor: "pull", source: source.name, pictureId };
    if (await catalog.get(pictureId)) return log("known", said);
    try {
      const body = await source.read(file, { maxBytes });
      await incoming.upload(pulledKey(source.name, pictureId), body, {
        contentType: "application/octet-stream",
        metadata: {
          source: source.name,
          id: sourceId,
          revision,
          name: endOfName(file.path.split("/").at(-1) ?? file.path, 600),
        },
      });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { code, message } = error;
      const again = !lasting.has(code);
      await ledger.failed({ code, sentence: sentences[code], at: now().toISOString() }, again);
      if (needsPerson(code)) measure({ SourceNeedsPerson: 1 });
      if (again) throw error;
      measure({ SourceFailed: 1 });
      return log("skipped", { ...said, reason: code, sentence: message });
    }
    await ledger.taken();
    measure({ SourceTaken: 1 });
    log("taken", said);
  };
