import { type DriveFile, type Folder, folderType } from "./google-drive-tree.ts";
import { skipOf } from "./pictures.ts";
import type { Change, FileVersion, SkipReason } from "./types.ts";

export interface DriveRules {
  /** Id of the folder that results go to. */
  readonly writeBack?: string;
  readonly maxBytes?: number;
}

/** What `toFileVersion` needs of a file. */
export const fileFields =
  "id,name,mimeType,size,md5Checksum,sha256Checksum,headRevisionId,modifiedTime,parents,trashed";

/** What a listed file means, that lies in `chain` below the root. */
export function changeOf(file: DriveFile, chain: readonly Folder[], rules: DriveRules): Change {
  const path = [...chain, file].map(({ name }) => name).join("/");
  const version = toFileVersion(file, path);
  const reason = chain.some(({ id }) => id === rules.writeBack)
    ? "own-output"
    : (nativeReason(file) ?? skipOf(version, { maxBytes: rules.maxBytes }));
  return reason ? { kind: "skip", path, reason } : { kind: "upsert", file: version };
}

export function toFileVersion(file: DriveFile, path: string): FileVersion {
  const { id, size, mimeType, modifiedTime, sha256Checksum, md5Checksum } = file;
  return {
    id: id!,
    version: versionOf(file),
    path,
    size: size === undefined || size === null ? undefined : Number(size),
    mime: mimeType ?? undefined,
    // For people only: Drive's desktop app keeps what the disk said, also of files that came today.
    modifiedAt: modifiedTime ?? undefined,
    digest: sha256Checksum
      ? { algorithm: "sha256", value: sha256Checksum }
      : md5Checksum
        ? { algorithm: "md5", value: md5Checksum }
        : undefined,
  };
}

/** Drive's own `version` changes with the name and the sharing too; the head revision with the bytes alone. */
export const versionOf = ({ headRevisionId, md5Checksum }: DriveFile) => headRevisionId ?? md5Checksum ?? "";

export const isFolder = ({ mimeType }: DriveFile) => mimeType === folderType;

function nativeReason({ mimeType }: DriveFile): SkipReason | undefined {
  if (mimeType === "application/vnd.google-apps.shortcut") return "shortcut";
  return mimeType?.startsWith("application/vnd.google-apps.") ? "native-document" : undefined;
}
