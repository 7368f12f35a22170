import type { Readable } from "node:stream";

/** A plain file of a commit. */
export interface RepositoryFile {
  /** From the root, without a slash before it. */
  readonly path: string;
  /** Name of its bytes: the SHA-1 by which Git knows them, hex. */
  readonly blob: string;
  readonly bytes: number;
  readonly executable: boolean;
}

export interface Commit {
  readonly id: string;
  /** Name of all its files. */
  readonly tree: string;
  readonly message: string;
}

/** A file's new text; it stays what it is otherwise. */
export interface TextChange {
  readonly path: string;
  readonly executable: boolean;
  readonly text: string;
}

export interface NewCommit {
  /** Its files are those of this tree, but for the changes. */
  readonly tree: string;
  readonly changes: readonly TextChange[];
  /** Ids. */
  readonly parents: readonly string[];
  /** Is told the new tree, so that the commit can name it. */
  readonly message: (tree: string) => string;
}

export interface Proposal {
  readonly from: string;
  readonly into: string;
  readonly title: string;
  /** Markdown, at most `mostBody` characters. */
  readonly body: string;
}

/** What services take as a text of a pull request. */
export const mostBody = 65_000;

/** Files under version control at a service, and the service's way of proposing changes. */
export interface Repository {
  /** As the stack's config names it. */
  readonly name: string;
  /** The newest commit of a branch; undefined where there is no such branch. */
  head(branch: string): Promise<Commit | undefined>;
  /** Every plain file of a tree, however many there are; no symbolic links, no submodules. */
  files(tree: string): Promise<readonly RepositoryFile[]>;
  /** Exactly these bytes. @throws RepositoryError also as the stream's error */
  open(file: RepositoryFile): Promise<Readable>;
  /** Makes a commit that no branch has yet. */
  commit(commit: NewCommit): Promise<Commit>;
  /**
   * Has a branch go on to a commit that follows on from what it holds, or begin there. Never takes
   * anything away: answers false when the branch holds something else by now.
   */
  advance(branch: string, to: Commit): Promise<boolean>;
  /** The open pull request between two branches, or a new one, with this text. One at most is open. */
  propose(proposal: Proposal): Promise<{ readonly number: number; readonly url: string }>;
  /** Closes the open pull request between two branches, with this text; nothing happens where none is. */
  withdraw(proposal: Omit<Proposal, "title">): Promise<void>;
  /** Where people see a file of a commit as it is. */
  rawUrl(commit: string, path: string): string;
}

/** Verifies a call of the service, and says whether it may be about new commits of the branch. */
export type AnswerCall = (call: {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}) => { readonly status: number; readonly look: boolean };

/**
 * CONFIG, AUTH and FORBIDDEN need a person. NOT_FOUND and TOO_LARGE are about one file, CONFLICT
 * about a branch that somebody else has changed. RATE_LIMITED, UNAVAILABLE and INTEGRITY pass.
 */
export type RepositoryErrorCode =
  | "CONFIG"
  | "AUTH"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "CONFLICT"
  | "TOO_LARGE"
  | "RATE_LIMITED"
  | "UNAVAILABLE"
  | "INTEGRITY";

export class RepositoryError extends Error {
  override readonly name = "RepositoryError";
  readonly code: RepositoryErrorCode;
  /** How long the service asks to be left alone. */
  readonly retryAfterMs?: number;
  constructor(
    repository: string,
    code: RepositoryErrorCode,
    detail: string,
    options: ErrorOptions & { readonly retryAfterMs?: number } = {},
  ) {
    super(`[${repository}] ${code}: ${detail}`, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
