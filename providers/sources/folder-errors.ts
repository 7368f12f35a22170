import { SourceError, type SourceErrorCode } from "./types.ts";

/** What an error of the file system means. @throws the error itself when it is none. */
export function toSourceError(source: string, error: unknown, path: string): SourceError {
  if (error instanceof SourceError) return error;
  const { code = "", path: at = path } = error as NodeJS.ErrnoException;
  const [known, detail] = meanings[code] ?? [];
  if (known === undefined || detail === undefined) throw error;
  return new SourceError(source, known, `${detail} ${at} (${code})`, { cause: error });
}

const meanings: Readonly<Record<string, readonly [SourceErrorCode, string]>> = {
  ENOENT: ["NOT_FOUND", "there is no"],
  ENOTDIR: ["NOT_FOUND", "there is no"],
  ELOOP: ["NOT_FOUND", "expected a file, received a link at"],
  EACCES: ["FORBIDDEN", "this user may not use"],
  EPERM: ["FORBIDDEN", "this user may not use"],
  EROFS: ["FORBIDDEN", "nothing can be written to"],
  EEXIST: ["CONFLICT", "there is already a"],
  EISDIR: ["CONFLICT", "there is already a folder at"],
  ENAMETOOLONG: ["CONFIG", "the name is too long:"],
  ENOSPC: ["QUOTA", "no room left for"],
  EDQUOT: ["QUOTA", "no room left for"],
  EIO: ["UNAVAILABLE", "cannot read"],
  ESTALE: ["UNAVAILABLE", "the share was lost under"],
  EMFILE: ["UNAVAILABLE", "too many open files for"],
  ENFILE: ["UNAVAILABLE", "too many open files for"],
  EBUSY: ["UNAVAILABLE", "somebody else is using"],
};
