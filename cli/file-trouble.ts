/** Whether an error is the file system's answer, rather than a mistake of ours. */
export const isFileTrouble = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;

/** Why a file cannot be read or written, in words. */
export const fileTrouble = ({ code = "" }: NodeJS.ErrnoException) => words[code] ?? code;

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is nothing of this name",
  EACCES: "its permissions do not allow it",
  EPERM: "its permissions do not allow it",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of the path is a file, not a folder",
  EEXIST: "a file of this name is there already",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its symbolic links go round in a circle",
};
