import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { S3Error } from "./errors.ts";
import type { BucketFiles, Staged } from "./files.ts";
import type { Description } from "./types.ts";

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly description: Description;
  readonly parts: readonly Part[];
}

export interface Part extends Staged {
  readonly number: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** The unfinished multipart uploads of one bucket. */
export interface Uploads {
  begin(key: string, description: Description): Upload;
  /** @throws S3Error `NoSuchUpload`, or `OperationAborted` while it is being completed. */
  get(key: string, id: string): Upload;
  /** Takes the place of an earlier part of this number. @throws S3Error as `get` when the upload ended meanwhile. */
  addPart(upload: Upload, part: Part): void;
  /** The bytes of these parts, one after the other. */
  read(parts: readonly Part[]): AsyncGenerator<Buffer>;
  /** Keeps every other request from changing the upload while its parts are read. */
  holding<T>(upload: Upload, work: () => Promise<T>): Promise<T>;
  /** Forgets the upload and its parts. */
  end(upload: Upload): void;
  /** Every file the uploads need. */
  ids(): readonly string[];
}

export function createUploads(files: BucketFiles): Uploads {
  const uploads = new Map(files.load<Upload>("uploads").map((upload) => [upload.id, upload]));
  const held = new Set<string>();
  function get(key: string, id: string) {
    const upload = uploads.get(id);
    if (held.has(id))
      throw new S3Error("OperationAborted", "A conflicting operation is in progress on this upload. Please try again.");
    if (upload?.key === key) return upload;
    throw new S3Error(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: id },
    );
  }
  function save(upload: Upload) {
    files.save("uploads", upload.id, upload);
    uploads.set(upload.id, upload);
  }
  return {
    begin(key, description) {
      const upload = { id: randomBytes(32).toString("base64url"), key, description, parts: [] };
      save(upload);
      return upload;
    },
    get,
    addPart({ key, id }, part) {
      let upload: Upload;
      try {
        upload = get(key, id);
      } catch (error) {
        files.discard(part.id);
        throw error;
      }
      const [kept, replaced] = [
        upload.parts.filter(({ number }) => number !== part.number),
        upload.parts.find(({ number }) => number === part.number),
      ];
      save({ ...upload, parts: [...kept, part].sort((a, b) => a.number - b.number) });
      if (replaced) files.discard(replaced.id);
    },
    async *read(parts) {
      for (const { id } of parts) yield* createReadStream(files.dataPath(id));
    },
    async holding({ id }, work) {
      held.add(id);
      try {
        return await work();
      } finally {
        held.delete(id);
      }
    },
    end({ id }) {
      const parts = uploads.get(id)?.parts ?? [];
      files.remove("uploads", id);
      uploads.delete(id);
      for (const part of parts) files.discard(part.id);
    },
    ids: () => [...uploads.values()].flatMap(({ parts }) => parts.map(({ id }) => id)),
  };
}
